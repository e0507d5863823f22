#include "training/trainer.h"

#include <fmt/format.h>
#include <linear.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <memory>
#include <set>

#include "centralita/base/error.h"
#include "centralita/model/features.h"
#include "centralita/text/fold.h"

namespace centralita::training {
namespace {

constexpr int kMaxCopies = 50;

struct FreeModel {
  void operator()(::model* made) const { free_and_destroy_model(&made); }
};

void Quiet(const char*) {}

// Inverse document frequencies in model::kIdfSteps, and the columns of the buckets that occur.
class Columns {
 public:
  Columns(std::span<const size_t> chosen, const Features& features)
      : seen_in_(size_t{1} << features.bucket_bits(), 0), column_(seen_in_.size(), 0) {
    std::vector<uint32_t> buckets;
    for (const size_t row : chosen) {
      const Features::Of& of = features.of(row);
      buckets.assign(of.words.begin(), of.words.end());
      buckets.insert(buckets.end(), of.grams.begin(), of.grams.end());
      buckets.insert(buckets.end(), of.concepts.begin(), of.concepts.end());
      std::sort(buckets.begin(), buckets.end());
      buckets.erase(std::unique(buckets.begin(), buckets.end()), buckets.end());
      for (const uint32_t bucket : buckets) ++seen_in_[bucket];
    }
    texts_ = chosen.size();
    for (size_t bucket = 0; bucket < seen_in_.size(); ++bucket) {
      if (seen_in_[bucket] == 0) continue;
      buckets_.push_back(static_cast<uint32_t>(bucket));
      column_[bucket] = static_cast<int>(buckets_.size());
    }
  }

  // scikit-learn's smoothed form; a bucket that never occurred counts as if in half a text.
  int32_t IdfOf(uint32_t bucket) const {
    const double seen = seen_in_[bucket] == 0 ? 0.5 : seen_in_[bucket];
    const double idf = std::log((1.0 + static_cast<double>(texts_)) / (1.0 + seen)) + 1;
    return std::clamp(static_cast<int32_t>(std::lround(idf * model::kIdfSteps)), 1, 127);
  }
  int ColumnOf(uint32_t bucket) const { return column_[bucket]; }
  // By column, from 1.
  const std::vector<uint32_t>& buckets() const { return buckets_; }

 private:
  std::vector<uint32_t> seen_in_;
  std::vector<int> column_;
  std::vector<uint32_t> buckets_;
  size_t texts_ = 0;
};

void AddPart(const std::vector<uint32_t>& buckets, const Columns& columns,
             std::map<int, double>& vector) {
  int64_t norm = 0;
  for (const uint32_t bucket : buckets) {
    const int64_t idf = columns.IdfOf(bucket);
    norm += idf * idf;
  }
  const double length = std::sqrt(static_cast<double>(norm));
  for (const uint32_t bucket : buckets) {
    vector[columns.ColumnOf(bucket)] += columns.IdfOf(bucket) / length;
  }
}

// Nodes of one row, ended as liblinear wants it: by the bias and by -1.
std::vector<feature_node> NodesOf(const Features::Of& of, const Columns& columns) {
  std::map<int, double> vector;
  AddPart(of.words, columns, vector);
  AddPart(of.grams, columns, vector);
  AddPart(of.concepts, columns, vector);
  std::vector<feature_node> nodes;
  nodes.reserve(vector.size() + 2);
  for (const auto& [column, value] : vector) nodes.push_back({column, value});
  nodes.push_back({static_cast<int>(columns.buckets().size()) + 1, 1.0});
  nodes.push_back({-1, 0});
  return nodes;
}

// liblinear has no weights of rows: one that counts more stands there more often.
int CopiesOf(const Row& row, double least) {
  return static_cast<int>(std::clamp<int64_t>(std::llround(row.weight / least), 1, kMaxCopies));
}

std::map<double, size_t> CountsOf(const std::vector<double>& labels) {
  std::map<double, size_t> counts;
  for (const double label : labels) ++counts[label];
  return counts;
}

model::Content Round(const ::model& trained, const Columns& columns, uint32_t bucket_bits,
                     const std::vector<std::string>& labels) {
  model::Content content;
  content.labels = labels;
  content.bias.assign(labels.size(), -1.0);
  content.bucket_bits = bucket_bits;
  std::vector<int> places(static_cast<size_t>(trained.nr_class));
  get_labels(&trained, places.data());
  const std::vector<uint32_t>& buckets = columns.buckets();
  const auto weight = [&](size_t column, int at) {
    return columns.IdfOf(buckets[column]) *
           get_decfun_coef(&trained, static_cast<int>(column) + 1, at);
  };
  double greatest = 1e-9;
  for (size_t column = 0; column < buckets.size(); ++column) {
    for (int at = 0; at < trained.nr_class; ++at) {
      greatest = std::max(greatest, std::abs(weight(column, at)));
    }
  }
  content.step = greatest / 127;
  const size_t stride = model::StrideOf(labels.size());
  content.rows.assign(stride << bucket_bits, 0);
  for (size_t bucket = 0; bucket < size_t{1} << bucket_bits; ++bucket) {
    content.rows[bucket * stride + stride - 1] =
        static_cast<int8_t>(columns.IdfOf(static_cast<uint32_t>(bucket)));
  }
  for (int at = 0; at < trained.nr_class; ++at) {
    const auto label = static_cast<size_t>(places[static_cast<size_t>(at)]);
    content.bias[label] = get_decfun_bias(&trained, at);
    for (size_t column = 0; column < buckets.size(); ++column) {
      content.rows[buckets[column] * stride + label] =
          static_cast<int8_t>(std::lround(weight(column, at) / content.step));
    }
  }
  return content;
}

}  // namespace

Features::Features(std::span<const Row> rows, uint32_t bucket_bits, const model::Concepts& concepts)
    : bucket_bits_(bucket_bits) {
  const int shift = 64 - static_cast<int>(bucket_bits);
  text::FoldedText folded;
  rows_.reserve(rows.size());
  for (const Row& row : rows) {
    folded.Clear();
    folded.Append(row.subject);
    folded.Append(row.text);
    Of& of = rows_.emplace_back();
    uint64_t last = 0;
    model::Concepts::OfWord last_concepts;
    for (size_t i = 0; i < folded.tokens().size(); ++i) {
      const std::string_view word = folded.TextOf(folded.tokens()[i]);
      const uint64_t hash = model::WordHash(word);
      of.words.push_back(static_cast<uint32_t>(hash >> shift));
      if (i > 0) of.words.push_back(static_cast<uint32_t>(model::PairHash(last, hash) >> shift));
      last = hash;
      model::ForEachGram(
          word, [&](uint64_t gram) { of.grams.push_back(static_cast<uint32_t>(gram >> shift)); });
      const model::Concepts::OfWord meant = concepts.Of(word);
      for (size_t k = 0; k < meant.count; ++k) {
        of.concepts.push_back(static_cast<uint32_t>(meant.hashes[k] >> shift));
        for (size_t before = 0; before < last_concepts.count; ++before) {
          const uint64_t pair = model::PairHash(last_concepts.hashes[before], meant.hashes[k]);
          of.concepts.push_back(static_cast<uint32_t>(pair >> shift));
        }
      }
      if (meant.count > 0) last_concepts = meant;
    }
  }
}

absl::StatusOr<std::vector<std::string>> LabelsOf(std::span<const Row> rows) {
  std::set<std::string> labels;
  for (const Row& row : rows) labels.insert(row.intent);
  if (labels.size() < 2 || labels.size() > model::kMaxLabels) {
    return base::Error(absl::StatusCode::kInvalidArgument, "bad_labels",
                       fmt::format("The rows have {} different intents; a model takes 2 to {}",
                                   labels.size(), model::kMaxLabels));
  }
  return std::vector<std::string>(labels.begin(), labels.end());
}

absl::StatusOr<model::Content> Train(std::span<const Row> rows, std::span<const size_t> chosen,
                                     const Features& features,
                                     const std::vector<std::string>& labels,
                                     const TrainOptions& options) {
  const Columns columns(chosen, features);
  double least = 1e9;
  for (const size_t row : chosen) least = std::min(least, rows[row].weight);
  std::vector<std::vector<feature_node>> nodes;
  nodes.reserve(chosen.size());
  std::vector<feature_node*> x;
  std::vector<double> y;
  for (const size_t row : chosen) {
    nodes.push_back(NodesOf(features.of(row), columns));
    const auto label = std::lower_bound(labels.begin(), labels.end(), rows[row].intent);
    for (int copy = CopiesOf(rows[row], least); copy > 0; --copy) {
      x.push_back(nodes.back().data());
      y.push_back(static_cast<double>(label - labels.begin()));
    }
  }
  if (CountsOf(y).size() < 2) {
    return base::Error(absl::StatusCode::kInvalidArgument, "bad_labels",
                       "The rows to train on have one intent only; give more rows or fewer folds");
  }
  problem task{};
  task.l = static_cast<int>(x.size());
  task.n = static_cast<int>(columns.buckets().size()) + 1;
  task.y = y.data();
  task.x = x.data();
  task.bias = 1;
  // Intents of few texts count as much as those of many.
  std::vector<int> intents;
  std::vector<double> weights;
  for (const auto& [label, count] : CountsOf(y)) {
    intents.push_back(static_cast<int>(label));
    weights.push_back(static_cast<double>(y.size()) / static_cast<double>(count));
  }
  for (double& weight : weights) weight /= static_cast<double>(weights.size());
  parameter how{};
  how.nr_weight = static_cast<int>(weights.size());
  how.weight_label = intents.data();
  how.weight = weights.data();
  how.solver_type = L2R_L2LOSS_SVC_DUAL;
  how.C = options.cost;
  how.eps = options.tolerance;
  if (const char* wrong = check_parameter(&task, &how)) {
    return base::Error(absl::StatusCode::kInvalidArgument, "bad_training", wrong);
  }
  set_print_string_function(&Quiet);
  std::srand(1);
  const std::unique_ptr<::model, FreeModel> trained(train(&task, &how));
  model::Content content = Round(*trained, columns, features.bucket_bits(), labels);
  content.trained_on = static_cast<uint32_t>(chosen.size());
  return content;
}

}  // namespace centralita::training
