#include "centralita/classifier/metrics.h"

namespace centralita::classifier {

ClassifierMetrics::ClassifierMetrics(telemetry::Metrics& m)
    : messages_by_intent(m, "centralita_classifier_messages_by_intent_total",
                         "Messages classified, by intent", "intent"),
      messages_by_band(m, "centralita_classifier_messages_by_band_total",
                       "Messages classified, by band of their priority", "band"),
      messages_by_language(m, "centralita_classifier_messages_by_language_total",
                           "Messages classified, by language", "language"),
      degraded(m.AddCounter("centralita_classifier_degraded_total",
                            "Messages that went on without their customer's profile")),
      profile_cache_hits(m.AddCounter("centralita_classifier_profile_cache_hits_total",
                                      "Profiles that were in memory")),
      profile_cache_misses(m.AddCounter("centralita_classifier_profile_cache_misses_total",
                                        "Profiles for which the store was asked")),
      profile_deadlines_exceeded(
          m.AddCounter("centralita_classifier_profile_deadlines_exceeded_total",
                       "Reads of profiles that the store did not answer in time")),
      engine_failures_by_reason(m, "centralita_classifier_engine_failures_total",
                                "Attempts at a message that failed or took too long, by reason",
                                "reason"),
      dead_letters_by_reason(m, "centralita_classifier_dead_letters_total",
                             "Records that could not be processed, by reason", "reason"),
      signals_by_kind(m, "centralita_classifier_signals_total", "Signals applied, by kind", "kind"),
      repeated_signals(m.AddCounter("centralita_classifier_repeated_signals_total",
                                    "Signals that were in the profile already")),
      amendments(m.AddCounter("centralita_classifier_amendments_total",
                              "Amendments of what waits in a pool")),
      damaged_profiles(m.AddCounter("centralita_classifier_damaged_profiles_total",
                                    "Profiles in the store that could not be read")),
      profiles_loaded(m.AddCounter("centralita_classifier_profiles_loaded_total",
                                   "Profiles copied from the log into an empty store")) {}

}  // namespace centralita::classifier
