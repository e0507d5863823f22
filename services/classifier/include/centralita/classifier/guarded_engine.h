// The engine, guarded: a message at which it fails is tried once more, then classified without its
// text, tagged `engine_failed`; one that takes too long keeps its answer. Both are named in
// `degraded_reason`, as is a profile that could not be had, and counted.
#pragma once

#include <functional>
#include <string_view>

#include "centralita/base/clock.h"
#include "centralita/classifier/metrics.h"
#include "centralita/text/classify.h"

namespace centralita::classifier {

// Classifies; another one than text::Classifier::Classify is for tests.
using Engine = std::function<void(const text::Classifier&, const text::Input&, text::Workspace&,
                                  classification::v1::Classification&)>;

struct EngineOptions {
  // How long one message may take.
  base::Duration budget{250};
  // Empty: text::Classifier::Classify.
  Engine engine;
};

// Thread-safe if the engine is. What it is given outlives it.
class GuardedEngine final {
 public:
  GuardedEngine(const base::Clock& clock, ClassifierMetrics& metrics, EngineOptions options = {});

  // Never fails. Replaces `result`; `workspace` may be replaced by a new one.
  void Classify(const text::Classifier& classifier, const text::Input& input,
                text::Workspace& workspace, classification::v1::Classification& result) const;

 private:
  // Empty if all went well, or the reason why not.
  std::string_view Attempt(const text::Classifier& classifier, const text::Input& input,
                           text::Workspace& workspace,
                           classification::v1::Classification& result) const;

  const base::Clock& clock_;
  ClassifierMetrics& metrics_;
  EngineOptions options_;
};

}  // namespace centralita::classifier
