#include <utility>

#include "centralita/base/status_macros.h"
#include "demo/shop.h"

namespace centralita::demo {
namespace {

class ClusterShop final : public Shop {
 public:
  explicit ClusterShop(Addresses addresses) : addresses_(std::move(addresses)) {}

  absl::Status Open(const client::ClusterOptions& options) { return cluster_.Open(options); }

  eventlog::EventLog& log() override { return cluster_.log(); }
  const Addresses& addresses() const override { return addresses_; }
  // Nothing was started.
  void Stop() override {}

 private:
  const Addresses addresses_;
  client::Cluster cluster_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Shop>> JoinCluster(const Addresses& addresses,
                                                  const client::ClusterOptions& options) {
  auto shop = std::make_unique<ClusterShop>(addresses);
  ABSL_RETURN_IF_ERROR(shop->Open(options));
  return shop;
}

}  // namespace centralita::demo
