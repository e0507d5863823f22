#include "headers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace centralita::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs Kept(const Pairs& sent) {
  google::protobuf::RepeatedPtrField<message::v1::Header> headers;
  for (const auto& [name, value] : sent) {
    headers.Add()->set_name(name);
    headers[headers.size() - 1].set_value(value);
  }
  KeepTellingHeaders(headers);
  Pairs kept;
  for (const auto& header : headers) kept.emplace_back(header.name(), header.value());
  return kept;
}

TEST(HeadersTest, WhatTellsAMachineIsKeptInOrderAndWhatNamesPeopleIsNot) {
  EXPECT_THAT(Kept({{"From", "ana@example.com"},
                    {"AUTO-SUBMITTED", "auto-replied"},
                    {"Received", "from mx.example.com"},
                    {"precedence", "bulk"},
                    {"X-Auto-Response-Suppress", "All"},
                    {"X-Autoreply", "yes"},
                    {"X-Autorespond", "hello"},
                    {"List-Id", "<news.shop.example>"},
                    {"Content-Type", "multipart/report"},
                    {"Subject", "Re: order"}}),
              ElementsAre(Pair("AUTO-SUBMITTED", "auto-replied"), Pair("precedence", "bulk"),
                          Pair("X-Auto-Response-Suppress", "All"), Pair("X-Autoreply", "yes"),
                          Pair("X-Autorespond", "hello"), Pair("List-Id", "<news.shop.example>"),
                          Pair("Content-Type", "multipart/report")));
}

TEST(HeadersTest, OnlyTheEmptyReturnPathStays) {
  EXPECT_THAT(Kept({{"Return-Path", "<ana@example.com>"}, {"Return-Path", " <> "}}),
              ElementsAre(Pair("Return-Path", "<>")));
}

TEST(HeadersTest, FoldedLinesAndControlCharactersBecomeSpaces) {
  EXPECT_THAT(Kept({{"Content-Type", std::string("multipart/report;\r\n\treport\0-type=x", 34)}}),
              ElementsAre(Pair("Content-Type", "multipart/report;   report -type=x")));
}

TEST(HeadersTest, ALongValueIsCutBetweenCharacters) {
  const std::string value = "a" + std::string(600, 'x').replace(254, 2, "й") + "rest";
  const Pairs kept = Kept({{"List-Id", value}});
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].second, value.substr(0, 255)) << "й would have been its bytes 255 and 256";
}

TEST(HeadersTest, AFloodOfThemIsBounded) {
  Pairs sent(1000, {"Precedence", "bulk"});
  sent[0].second = "first";
  const Pairs kept = Kept(sent);
  ASSERT_EQ(kept.size(), 32u);
  EXPECT_EQ(kept[0].second, "first");
  EXPECT_THAT(Kept({}), IsEmpty());
}

}  // namespace
}  // namespace centralita::ingest
