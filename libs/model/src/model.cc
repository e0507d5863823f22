#include "centralita/model/model.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstring>

#include "centralita/base/crc32c.h"
#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"

namespace centralita::model {
namespace {

static_assert(std::endian::native == std::endian::little, "The file is read where it lies.");

constexpr size_t kAlignment = 64;
constexpr size_t kChecked = offsetof(FileHeader, checksum) + sizeof(FileHeader::checksum);
constexpr uint32_t kMinBucketBits = 4;
constexpr uint32_t kMaxBits = 20;

absl::Status Bad(std::string_view what) {
  return base::Error(absl::StatusCode::kInvalidArgument, "bad_model",
                     fmt::format("{}; train it anew with `centralita-train`", what));
}

uint32_t Checksum(std::string_view file) { return base::Crc32c(file.substr(kChecked)); }

// Beyond it sums of weights may overflow.
constexpr double kMost = 1e9;

absl::Status CheckShape(const FileHeader& header, size_t size) {
  const bool sound =
      header.labels >= 2 && header.labels <= kMaxLabels &&
      header.stride == StrideOf(header.labels) && header.bucket_bits >= kMinBucketBits &&
      header.bucket_bits <= kMaxBits && header.rows_offset >= sizeof(FileHeader) &&
      header.rows_offset <= size && header.rows_offset % kAlignment == 0 &&
      size - header.rows_offset == static_cast<size_t>(header.stride) << header.bucket_bits &&
      header.step > 0 && header.step <= kMost && std::isfinite(header.temperature) &&
      header.temperature > 0 && header.threshold_permille >= 0 && header.threshold_permille <= 1000;
  if (!sound) return Bad("the header of the model says what cannot be");
  for (const double bias : header.bias) {
    if (!(std::abs(bias) <= kMost)) return Bad("the header of the model says what cannot be");
  }
  return absl::OkStatus();
}

}  // namespace

uint32_t MaxBucketBits(size_t labels) {
  uint32_t bits = kMaxBits;
  while ((StrideOf(labels) << bits) + (kMaxFileBytes >> 4) > kMaxFileBytes) --bits;
  return bits;
}

std::string Write(const Content& content) {
  FileHeader header;
  header.labels = static_cast<uint32_t>(content.labels.size());
  header.stride = static_cast<uint32_t>(StrideOf(content.labels.size()));
  header.bucket_bits = content.bucket_bits;
  header.threshold_permille = content.threshold_permille;
  header.trained_on = content.trained_on;
  header.step = content.step;
  header.temperature = content.temperature;
  for (size_t i = 0; i < content.bias.size(); ++i) header.bias[i] = content.bias[i];
  std::string labels;
  for (const std::string& label : content.labels) labels.append(label).push_back('\0');
  labels.append(content.concepts.text()).push_back('\0');
  labels.resize((sizeof(header) + labels.size() + kAlignment - 1) / kAlignment * kAlignment -
                sizeof(header));
  header.rows_offset = static_cast<uint32_t>(sizeof(header) + labels.size());

  std::string file(reinterpret_cast<const char*>(&header), sizeof(header));
  file += labels;
  file.append(reinterpret_cast<const char*>(content.rows.data()), content.rows.size());
  const uint32_t checksum = Checksum(file);
  std::memcpy(file.data() + offsetof(FileHeader, checksum), &checksum, sizeof(checksum));
  return file;
}

absl::StatusOr<std::shared_ptr<const Model>> Model::Parse(std::span<const std::byte> bytes,
                                                          std::shared_ptr<const void> owner) {
  std::shared_ptr<Model> model(new Model);
  FileHeader& header = model->header_;
  const std::string_view file(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (file.size() < sizeof(header)) return Bad("the model is cut short");
  std::memcpy(&header, file.data(), sizeof(header));
  if (std::memcmp(header.magic, FileHeader{}.magic, sizeof(header.magic)) != 0) {
    return Bad("this is no model of Centralita's");
  }
  if (header.format < kOldestFormat || header.format > kFormat) {
    return Bad(fmt::format("the model has format {}, this version reads {} to {}", header.format,
                           kOldestFormat, kFormat));
  }
  if (file.size() > kMaxFileBytes) return Bad("the model is larger than 16 MiB");
  if (header.checksum != Checksum(file)) return Bad("the model is damaged or cut short");
  if (const absl::Status shape = CheckShape(header, file.size()); !shape.ok()) return shape;

  std::string_view labels = file.substr(sizeof(header), header.rows_offset - sizeof(header));
  for (uint32_t i = 0; i < header.labels; ++i) {
    const size_t end = labels.find('\0');
    if (end == std::string_view::npos || end == 0) return Bad("the model's labels are damaged");
    model->labels_.emplace_back(labels.substr(0, end));
    labels.remove_prefix(end + 1);
  }
  if (header.format > 1) {
    const size_t end = labels.find('\0');
    if (end == std::string_view::npos) return Bad("the model's concepts are damaged");
    ABSL_ASSIGN_OR_RETURN(model->concepts_, Concepts::Parse(labels.substr(0, end)));
  }
  model->version_ = fmt::format("linear-{}-{:08x}", header.format, header.checksum);
  model->rows_ = reinterpret_cast<const int8_t*>(bytes.data()) + header.rows_offset;
  model->shift_ = 64 - static_cast<int>(header.bucket_bits);
  model->owner_ = std::move(owner);
  return std::shared_ptr<const Model>(std::move(model));
}

}  // namespace centralita::model
