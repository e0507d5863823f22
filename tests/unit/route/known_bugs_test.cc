// What other systems are known to get wrong, by the name that their users gave it.
#include <gtest/gtest.h>

#include "tests/unit/route/harness.h"

namespace centralita::route {
namespace {

TEST(KnownBugs, AlbumOfImagesBecomesTwoConversations) {
  Harness harness;
  harness.Activate(SamplePolicy());
  const Collector first = harness.Apply(Message(harness, "eva", "image-1"));
  ASSERT_TRUE(first.commands()[0].has_enqueue());
  const std::string conversation = first.commands()[0].enqueue().conversation_id();
  for (const char* image : {"image-2", "image-3", "image-4"}) {
    const Collector out = harness.Apply(Message(harness, "eva", image));
    ASSERT_EQ(out.commands().size(), 1u) << image;
    ASSERT_TRUE(out.commands()[0].has_append()) << image;
    EXPECT_EQ(out.commands()[0].append().conversation_id(), conversation) << image;
  }
  // The shard closes it before it has seen the last two: they follow it, and open nothing.
  const Collector reopened = harness.Apply(Closed("eva", conversation, 1, 2));
  ASSERT_EQ(reopened.commands().size(), 1u);
  EXPECT_EQ(reopened.commands()[0].enqueue().conversation_id(), conversation);
  EXPECT_EQ(reopened.commands()[0].enqueue().messages_size(), 2);
}

}  // namespace
}  // namespace centralita::route
