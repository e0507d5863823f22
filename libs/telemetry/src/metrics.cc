#include "centralita/telemetry/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <utility>

namespace centralita::telemetry {

void Counter::Add(double amount) { static_cast<prometheus::Counter*>(impl_)->Increment(amount); }
double Counter::Value() const { return static_cast<prometheus::Counter*>(impl_)->Value(); }
void Gauge::Set(double value) { static_cast<prometheus::Gauge*>(impl_)->Set(value); }
void Gauge::Add(double amount) { static_cast<prometheus::Gauge*>(impl_)->Increment(amount); }
double Gauge::Value() const { return static_cast<prometheus::Gauge*>(impl_)->Value(); }
void Histogram::Observe(double value) {
  static_cast<prometheus::Histogram*>(impl_)->Observe(value);
}

std::vector<double> LatencyBuckets() {
  return {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.06, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
}

struct Metrics::Impl {
  struct Callback {
    Gauge gauge;
    std::function<double()> value;
  };
  // Outlives the Metrics if a registration does.
  struct Callbacks {
    std::mutex mutex;
    uint64_t next_id = 0;
    std::map<uint64_t, Callback> all;
  };
  prometheus::Registry registry;
  std::shared_ptr<Callbacks> callbacks = std::make_shared<Callbacks>();
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

Counter Metrics::AddCounter(const std::string& name, const std::string& help,
                            const Labels& labels) {
  return Counter(
      &prometheus::BuildCounter().Name(name).Help(help).Register(impl_->registry).Add(labels));
}

Gauge Metrics::AddGauge(const std::string& name, const std::string& help, const Labels& labels) {
  return Gauge(
      &prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry).Add(labels));
}

Histogram Metrics::AddHistogram(const std::string& name, const std::string& help,
                                const std::vector<double>& buckets, const Labels& labels) {
  return Histogram(&prometheus::BuildHistogram()
                        .Name(name)
                        .Help(help)
                        .Register(impl_->registry)
                        .Add(labels, buckets));
}

std::shared_ptr<void> Metrics::AddGaugeCallback(const std::string& name, const std::string& help,
                                                const Labels& labels,
                                                std::function<double()> value) {
  const Gauge gauge = AddGauge(name, help, labels);
  std::lock_guard lock(impl_->callbacks->mutex);
  const uint64_t id = impl_->callbacks->next_id++;
  impl_->callbacks->all.emplace(id, Impl::Callback{gauge, std::move(value)});
  return std::shared_ptr<void>(nullptr, [callbacks = impl_->callbacks, id](void*) {
    std::lock_guard erase_lock(callbacks->mutex);
    callbacks->all.erase(id);
  });
}

std::string Metrics::Exposition() const {
  {
    std::lock_guard lock(impl_->callbacks->mutex);
    for (auto& [id, callback] : impl_->callbacks->all) callback.gauge.Set(callback.value());
  }
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

CounterFamily::CounterFamily(Metrics& metrics, std::string name, std::string help,
                             std::string label, Labels fixed, size_t limit)
    : metrics_(metrics),
      name_(std::move(name)),
      help_(std::move(help)),
      label_(std::move(label)),
      fixed_(std::move(fixed)),
      limit_(limit) {}

Counter CounterFamily::With(std::string_view value) {
  std::lock_guard lock(mutex_);
  if (auto it = counters_.find(value); it != counters_.end()) return it->second;
  std::string name(counters_.size() < limit_ ? value : std::string_view("other"));
  Labels labels = fixed_;
  labels[label_] = name;
  return counters_.try_emplace(std::move(name), metrics_.AddCounter(name_, help_, labels))
      .first->second;
}

}  // namespace centralita::telemetry
