// models/concepts.txt, from which the default model takes its concepts.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "centralita/model/concepts.h"

namespace centralita::training {

// NOT_FOUND for a file that cannot be read, INVALID_ARGUMENT for one that Concepts::Parse() refuses
// or that has a word which folding changes: no text has it then.
absl::StatusOr<model::Concepts> ReadConcepts(const std::string& path);

}  // namespace centralita::training
