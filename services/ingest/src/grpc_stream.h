// A stream of frames: many in flight, each answered when all its items are durable or refused, in
// any order.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <mutex>
#include <set>

#include "auth.h"
#include "intake.h"

namespace centralita::ingest {

struct StreamDeps {
  Credentials credentials;
  const app::PolicyWatcher& policy;
  Intake& intake;
  IngestMetrics& metrics;
  size_t max_items;
  size_t max_frames_in_flight;
};

class FrameStream;

// The streams that are open. Thread-safe; outlives them.
class StreamSet final {
 public:
  using Reactor = grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>;

  // gRPC owns the result until it is done.
  static Reactor* Start(StreamSet& streams, StreamDeps deps);
  void EndAll();

 private:
  friend class FrameStream;
  std::mutex mutex_;
  std::set<FrameStream*> open_;
  bool ending_ = false;
};

}  // namespace centralita::ingest
