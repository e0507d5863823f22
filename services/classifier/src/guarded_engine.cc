#include "centralita/classifier/guarded_engine.h"

#include <exception>
#include <string>
#include <utility>

namespace centralita::classifier {
namespace {

using classification::v1::Classification;
using text::kEngineFailed;
using text::kEngineSlow;

constexpr std::string_view kProfileUnavailable = "profile_unavailable";

}  // namespace

GuardedEngine::GuardedEngine(const base::Clock& clock, ClassifierMetrics& metrics,
                             EngineOptions options)
    : clock_(clock), metrics_(metrics), options_(std::move(options)) {
  if (options_.engine) return;
  options_.engine = [](const text::Classifier& classifier, const text::Input& input,
                       text::Workspace& workspace,
                       Classification& result) { classifier.Classify(input, workspace, result); };
}

void GuardedEngine::Classify(const text::Classifier& classifier, const text::Input& input,
                             text::Workspace& workspace, Classification& result) const {
  std::string_view failure = Attempt(classifier, input, workspace, result);
  // What was slow once is likely to be so again, and it has an answer.
  if (failure == kEngineFailed) failure = Attempt(classifier, input, workspace, result);
  if (failure == kEngineFailed) {
    // What is known without the text: channel, customer, base priority.
    text::Input without_text = input;
    without_text.text = {};
    without_text.subject = {};
    without_text.text_incomplete = true;
    without_text.engine_failed = true;
    classifier.Classify(without_text, workspace, result);
  } else if (input.degraded) {
    failure = kProfileUnavailable;
  }
  if (!failure.empty()) result.set_degraded_reason(std::string(failure));
}

std::string_view GuardedEngine::Attempt(const text::Classifier& classifier,
                                        const text::Input& input, text::Workspace& workspace,
                                        Classification& result) const {
  std::string_view failure;
  const auto start = clock_.Monotonic();
  // Our code throws nothing; the libraries under it and the memory that is asked for may.
  try {
    options_.engine(classifier, input, workspace, result);
    if (result.degraded_reason() == kEngineFailed) {
      failure = kEngineFailed;
    } else if (!result.degraded_reason().empty() || clock_.Monotonic() - start > options_.budget) {
      failure = kEngineSlow;
    }
  } catch (const std::exception&) {
    failure = kEngineFailed;
    // Nobody knows what was left in it.
    workspace = text::Workspace();
  }
  if (!failure.empty()) metrics_.engine_failures_by_reason.With(failure).Add();
  return failure;
}

}  // namespace centralita::classifier
