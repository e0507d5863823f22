// What ingest counts.
#pragma once

#include "centralita/telemetry/metrics.h"

namespace centralita::ingest {

struct IngestMetrics {
  explicit IngestMetrics(telemetry::Metrics& m)
      : messages(m, "centralita_ingest_messages_accepted_total",
                 "Messages that are durable in inbound.", "channel"),
        signals(m.AddCounter("centralita_ingest_signals_accepted_total",
                             "Signals that are durable in signals.")),
        links(m.AddCounter("centralita_ingest_links_accepted_total",
                           "Wishes to link a handle that are durable.")),
        refused(m, "centralita_ingest_refused_total", "Items that were refused.", "reason"),
        identity_failures(m.AddCounter("centralita_ingest_identity_failures_total",
                                       "Attempts to fill the lost identity table that failed.")),
        in_flight(m.AddGauge("centralita_ingest_in_flight",
                             "Items appended and not yet acknowledged by the log.")),
        streams(m.AddGauge("centralita_ingest_streams", "Open gRPC streams.")),
        ack_seconds(
            m.AddHistogram("centralita_ingest_ack_seconds",
                           "From a request's items being taken to the last of them being durable.",
                           telemetry::LatencyBuckets())) {}

  telemetry::CounterFamily messages;
  telemetry::Counter signals;
  telemetry::Counter links;
  telemetry::CounterFamily refused;
  telemetry::Counter identity_failures;
  telemetry::Gauge in_flight;
  telemetry::Gauge streams;
  telemetry::Histogram ack_seconds;
};

}  // namespace centralita::ingest
