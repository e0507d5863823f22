// Metrics for Prometheus: a registry, and cheap handles that a component builds once into a struct
// of its own.
//
//   struct IngestMetrics {
//     explicit IngestMetrics(Metrics& m) :
//     accepted(m.AddCounter("centralita_ingest_accepted_total", "...")) {} Counter accepted;
//   };
//
// Names: centralita_<service>_<what>_<unit|total>. Labels are bounded and never an id. Adding the
// same name and labels twice gives the same series. A name that is no Prometheus name, or that is
// used for two kinds, ends the process.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "centralita/base/strings.h"

namespace centralita::telemetry {

using Labels = std::map<std::string, std::string>;

// Handles are values; they are valid as long as their Metrics. Thread-safe.
class Counter final {
 public:
  void Add(double amount = 1);
  double Value() const;

 private:
  friend class Metrics;
  explicit Counter(void* impl) : impl_(impl) {}
  void* impl_;
};

class Gauge final {
 public:
  void Set(double value);
  void Add(double amount);
  double Value() const;

 private:
  friend class Metrics;
  explicit Gauge(void* impl) : impl_(impl) {}
  void* impl_;
};

class Histogram final {
 public:
  void Observe(double value);

 private:
  friend class Metrics;
  explicit Histogram(void* impl) : impl_(impl) {}
  void* impl_;
};

// Upper borders in seconds, 0.5 ms to 30 s, for latencies.
std::vector<double> LatencyBuckets();

// Thread-safe.
class Metrics final {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  Counter AddCounter(const std::string& name, const std::string& help, const Labels& labels = {});
  Gauge AddGauge(const std::string& name, const std::string& help, const Labels& labels = {});
  // `buckets`: upper borders, ascending.
  Histogram AddHistogram(const std::string& name, const std::string& help,
                         const std::vector<double>& buckets, const Labels& labels = {});
  // A gauge that is asked for its value at each exposition, until the result is destroyed. `value`
  // must not block.
  [[nodiscard]] std::shared_ptr<void> AddGaugeCallback(const std::string& name,
                                                       const std::string& help,
                                                       const Labels& labels,
                                                       std::function<double()> value);

  // Prometheus' text format.
  std::string Exposition() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Counters of one name that differ in one label whose values are found at run time; from `limit`
// values on, the rest is counted under "other". Thread-safe. `metrics` outlives it.
class CounterFamily final {
 public:
  CounterFamily(Metrics& metrics, std::string name, std::string help, std::string label,
                Labels fixed = {}, size_t limit = 100);
  Counter With(std::string_view value);

 private:
  Metrics& metrics_;
  const std::string name_;
  const std::string help_;
  const std::string label_;
  const Labels fixed_;
  const size_t limit_;
  std::mutex mutex_;
  base::StringMap<Counter> counters_;
};

}  // namespace centralita::telemetry
