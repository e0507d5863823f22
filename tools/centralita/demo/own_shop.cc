#include <fmt/format.h>

#include <utility>

#include "demo/shop.h"
#include "node/node.h"

namespace centralita::demo {
namespace {

constexpr base::Duration kDrainLimit{10'000};

class OwnShop final : public Shop {
 public:
  explicit OwnShop(std::unique_ptr<node::Node> node) : node_(std::move(node)) {
    const auto local = [](uint16_t port) { return fmt::format("127.0.0.1:{}", port); };
    addresses_ = {.ingest = local(node_->ingest_port()),
                  .gateway = local(node_->grpc_port()),
                  .metrics = local(node_->grpc_port()),
                  .admin = local(node_->admin_port())};
  }

  eventlog::EventLog& log() override { return node_->log(); }
  const Addresses& addresses() const override { return addresses_; }
  void Stop() override { node_->Drain(kDrainLimit).IgnoreError(); }

 private:
  const std::unique_ptr<node::Node> node_;
  Addresses addresses_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Shop>> OpenOwnShop(const std::string& folder,
                                                  const std::string& policy_file,
                                                  telemetry::Logger& logger,
                                                  const base::Clock& clock) {
  node::NodeOptions options;
  options.data_dir = folder;
  options.policies = {policy_file};
  auto node = node::Node::Create(options, logger, clock);
  absl::Status started = node->Start();
  if (started.code() == absl::StatusCode::kUnavailable) {
    // Most likely somebody else has one of the usual ports: any free ones will do.
    fmt::print("The usual ports are not free; taking others.\n");
    options.grpc_port = options.ingest_port = options.http_port = options.admin_port = 0;
    node.reset();
    node = node::Node::Create(options, logger, clock);
    started = node->Start();
  }
  if (!started.ok()) return started;
  return std::make_unique<OwnShop>(std::move(node));
}

}  // namespace centralita::demo
