#include "centralita/telemetry/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace centralita::telemetry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Metrics, ExpositionShowsEachKind) {
  Metrics metrics;
  metrics.AddCounter("centralita_x_total", "Things.", {{"channel", "chat"}}).Add(3);
  metrics.AddGauge("centralita_y", "Level.").Set(-1.5);
  metrics.AddHistogram("centralita_z_seconds", "Time.", {0.1, 1}).Observe(0.5);
  const std::string text = metrics.Exposition();
  EXPECT_THAT(text, HasSubstr("# HELP centralita_x_total Things."));
  EXPECT_THAT(text, HasSubstr("# TYPE centralita_x_total counter"));
  EXPECT_THAT(text, HasSubstr("centralita_x_total{channel=\"chat\"} 3"));
  EXPECT_THAT(text, HasSubstr("centralita_y -1.5"));
  EXPECT_THAT(text, HasSubstr("centralita_z_seconds_bucket{le=\"0.1\"} 0"));
  EXPECT_THAT(text, HasSubstr("centralita_z_seconds_bucket{le=\"1\"} 1"));
}

TEST(Metrics, SameNameAndLabelsIsTheSameSeries) {
  Metrics metrics;
  metrics.AddCounter("centralita_x_total", "Things.").Add();
  metrics.AddCounter("centralita_x_total", "Things.").Add();
  EXPECT_EQ(metrics.AddCounter("centralita_x_total", "Things.").Value(), 2);
}

TEST(Metrics, CallbackGaugeIsAskedUntilItsRegistrationEnds) {
  Metrics metrics;
  double value = 7;
  auto registration =
      metrics.AddGaugeCallback("centralita_depth", "Depth.", {}, [&] { return value; });
  EXPECT_THAT(metrics.Exposition(), HasSubstr("centralita_depth 7"));
  value = 8;
  registration.reset();
  EXPECT_THAT(metrics.Exposition(), HasSubstr("centralita_depth 7"));
}

TEST(CounterFamily, ValuesBeyondTheLimitAreCountedAsOther) {
  Metrics metrics;
  CounterFamily family(metrics, "centralita_r_total", "Refused.", "reason", {}, 2);
  family.With("a").Add();
  family.With("b").Add();
  family.With("c").Add();
  family.With("d").Add();
  family.With("a").Add();
  const std::string text = metrics.Exposition();
  EXPECT_THAT(text, HasSubstr("centralita_r_total{reason=\"a\"} 2"));
  EXPECT_THAT(text, HasSubstr("centralita_r_total{reason=\"other\"} 2"));
  EXPECT_THAT(text, Not(HasSubstr("reason=\"c\"")));
}

}  // namespace
}  // namespace centralita::telemetry
