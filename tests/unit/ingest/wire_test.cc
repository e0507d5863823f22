#include "wire.h"

#include <gtest/gtest.h>

#include "centralita/base/error.h"

namespace centralita::ingest {
namespace {

TEST(Wire, AFrameIsReadItemByItem) {
  v1::SubmitStreamRequest request;
  request.set_frame(42);
  request.add_messages()->set_text("one");
  request.add_messages()->set_text("two");
  const auto frame = ReadStreamFrame(request.SerializeAsString(), 1000);
  ASSERT_TRUE(frame.ok());
  EXPECT_EQ(frame->frame, 42u);
  ASSERT_EQ(frame->items.size(), 2u);
  EXPECT_EQ(frame->items[1].value.text(), "two");
}

TEST(Wire, AnItemThatIsNoUtf8CostsOnlyItself) {
  v1::SubmitBatchRequest request;
  request.add_messages()->set_text("before");
  request.add_messages()->set_text("XX");
  request.add_messages()->set_text("after");
  std::string bytes = request.SerializeAsString();
  bytes.replace(bytes.find("XX"), 2, "\xff\xfe");
  const auto items = ReadSubmitBatch(bytes, 1000);
  ASSERT_TRUE(items.ok());
  ASSERT_EQ(items->size(), 3u);
  EXPECT_FALSE((*items)[0].error);
  ASSERT_TRUE((*items)[1].error);
  EXPECT_EQ((*items)[1].error->code(), "invalid_utf8");
  EXPECT_EQ((*items)[1].error->field(), "text");
  EXPECT_EQ((*items)[2].value.text(), "after");
}

TEST(Wire, AnItemOfGarbageCostsOnlyItself) {
  // messages (1) of two bytes that are no message, then a good one.
  std::string bytes("\x0a\x02\xff\xff", 4);
  v1::SubmitBatchRequest good;
  good.add_messages()->set_text("good");
  const auto items = ReadSubmitBatch(bytes + good.SerializeAsString(), 1000);
  ASSERT_TRUE(items.ok());
  EXPECT_EQ((*items)[0].error->code(), "undecodable");
  EXPECT_EQ((*items)[1].value.text(), "good");
}

TEST(Wire, ARequestThatIsCutOffIsRefusedAsAWhole) {
  v1::SubmitBatchRequest request;
  request.add_messages()->set_text("whole");
  const std::string bytes = request.SerializeAsString();
  for (size_t size = 1; size < bytes.size(); ++size) {
    const auto items = ReadSubmitBatch(bytes.substr(0, size), 1000);
    ASSERT_FALSE(items.ok()) << size;
    EXPECT_EQ(base::ReasonOf(items.status()), "undecodable");
  }
}

TEST(Wire, TooManyItemsAreRefusedAsAWhole) {
  v1::SubmitSignalsRequest request;
  for (int i = 0; i < 3; ++i) request.add_signals();
  EXPECT_TRUE(ReadSubmitSignals(request.SerializeAsString(), 3).ok());
  EXPECT_EQ(base::ReasonOf(ReadSubmitSignals(request.SerializeAsString(), 2).status()),
            "too_many_items");
}

TEST(Wire, FieldsOfANewerProtoArePassedOver) {
  v1::SubmitRequest request;
  request.mutable_message()->set_text("t");
  // Field 1000, a varint.
  const auto item = ReadSubmit(request.SerializeAsString() + std::string("\xc0\x3e\x01", 3));
  ASSERT_TRUE(item.ok());
  EXPECT_EQ(item->value.text(), "t");
}

}  // namespace
}  // namespace centralita::ingest
