// ClassifierService over gRPC: the same answers as the role `fast`, for whoever wants only these.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "centralita/base/clock.h"
#include "centralita/classifier/guarded_engine.h"
#include "centralita/classifier/policy_source.h"
#include "centralita/classifier/profile_reader.h"
#include "centralita/classifier/v1/classifier.grpc.pb.h"

namespace centralita::classifier {

inline constexpr int kMaxClassifyItems = 1000;
inline constexpr size_t kMaxClassifyBytes = 256 << 10;
inline constexpr int kMaxClassifyHeaders = 500;

// Thread-safe. What it is given outlives it.
class ClassifyService final : public v1::ClassifierService::Service {
 public:
  ClassifyService(const PolicySource& policies, const Access& access, ProfileReader& profiles,
                  const base::Clock& clock, ClassifierMetrics& metrics)
      : policies_(policies),
        access_(access),
        profiles_(profiles),
        clock_(clock),
        engine_(clock, metrics) {}

  grpc::Status Classify(grpc::ServerContext* context, const v1::ClassifyRequest* request,
                        v1::ClassifyResponse* response) override;
  grpc::Status ClassifyBatch(grpc::ServerContext* context, const v1::ClassifyBatchRequest* request,
                             v1::ClassifyBatchResponse* response) override;

 private:
  // The classifier of the caller's tenant.
  absl::StatusOr<std::shared_ptr<const text::Classifier>> Caller(const grpc::ServerContext& context,
                                                                 std::string& tenant) const;
  std::unique_ptr<text::Workspace> Borrow();
  void GiveBack(std::unique_ptr<text::Workspace> workspace);

  const PolicySource& policies_;
  const Access& access_;
  ProfileReader& profiles_;
  const base::Clock& clock_;
  const GuardedEngine engine_;
  std::mutex mutex_;
  // As many as calls have run at once.
  std::vector<std::unique_ptr<text::Workspace>> free_;
};

}  // namespace centralita::classifier
