// Small models for tests.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>

#include "centralita/model/features.h"
#include "centralita/model/model.h"

namespace centralita::model {

inline int8_t* RowOf(Content& content, uint64_t hash) {
  const size_t stride = StrideOf(content.labels.size());
  return content.rows.data() + (hash >> (64 - content.bucket_bits)) * stride;
}

// Nothing is known: all weights 0, all idf 1.
inline Content EmptyContent(std::vector<std::string> labels, uint32_t bits = 12) {
  Content content;
  content.labels = std::move(labels);
  content.bias.assign(content.labels.size(), 0);
  content.step = 1;
  content.bucket_bits = bits;
  const size_t stride = StrideOf(content.labels.size());
  content.rows.assign(stride << bits, 0);
  for (size_t i = stride - 1; i < content.rows.size(); i += stride) content.rows[i] = kIdfSteps;
  return content;
}

inline Content RandomContent(uint32_t seed, size_t labels) {
  std::mt19937 random(seed);
  std::vector<std::string> names;
  for (size_t i = 0; i < labels; ++i) names.push_back("intent" + std::to_string(i));
  Content content = EmptyContent(std::move(names));
  const size_t stride = StrideOf(labels);
  for (size_t i = 0; i < content.rows.size(); ++i) {
    const bool idf = i % stride == stride - 1;
    content.rows[i] = static_cast<int8_t>(idf ? 1 + random() % 100 : int(random() % 255) - 127);
  }
  for (double& bias : content.bias) bias = (int(random() % 200) - 100) / 100.0;
  content.step = 0.01;
  return content;
}

inline std::shared_ptr<const Model> Loaded(const Content& content) {
  const auto file = std::make_shared<std::string>(Write(content));
  auto model = Model::Parse(std::as_bytes(std::span(*file)), file);
  EXPECT_TRUE(model.ok()) << model.status();
  return *model;
}

}  // namespace centralita::model
