#include "training/training.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "centralita/model/scorer.h"
#include "training/concepts_file.h"

namespace centralita::training {
namespace {

using ::testing::HasSubstr;

std::vector<Row> Rows() {
  const std::vector<std::pair<std::string, std::vector<std::string>>> phrases = {
      {"order_status",
       {"donde esta mi pedido", "cuando llega el paquete", "estado del pedido", "sigue sin llegar",
        "mi paquete no llega", "seguimiento del envio", "donde esta el paquete que pedi"}},
      {"return_refund",
       {"quiero devolver los zapatos", "como hago una devolucion", "quiero mi dinero",
        "reembolso por favor", "devolver la camisa", "quiero una devolucion", "el reembolso"}},
      {"praise_feedback",
       {"sois geniales", "me encanta la tienda", "muchas gracias por todo", "todo perfecto",
        "que bien lo haceis", "gracias sois los mejores", "encantada con la tienda"}}};
  std::vector<Row> rows;
  for (const auto& [intent, texts] : phrases) {
    for (const std::string& text : texts) {
      for (const char* tail : {"", " ya", " hola"}) {
        rows.push_back({text + tail, "", intent, "es", text, 1});
      }
    }
  }
  return rows;
}

absl::StatusOr<Trained> Make(const std::vector<Row>& rows, TrainingOptions options = {}) {
  return TrainModel(rows, options, [](std::string_view) {});
}

std::string Best(const std::string& file_bytes, const std::vector<std::string>& words) {
  const auto file = std::make_shared<std::string>(file_bytes);
  const auto model = model::Model::Parse(std::as_bytes(std::span(*file)), file);
  EXPECT_TRUE(model.ok()) << model.status();
  model::Scorer scorer;
  scorer.Begin(*model);
  for (const std::string& word : words) scorer.Add(word);
  const auto permille = scorer.End();
  const auto best = std::max_element(permille.begin(), permille.end()) - permille.begin();
  return (*model)->labels()[static_cast<size_t>(best)];
}

TEST(TrainingTest, LearnsAndGoesBeyondItsTexts) {
  const auto trained = Make(Rows());
  ASSERT_TRUE(trained.ok()) << trained.status();
  EXPECT_LE(trained->file.size(), model::kMaxFileBytes);
  EXPECT_EQ(Best(trained->file, {"donde", "esta", "mi", "paquete"}), "order_status");
  EXPECT_EQ(Best(trained->file, {"devoluciones"}), "return_refund");
  EXPECT_EQ(Best(trained->file, {"geniales", "gracias"}), "praise_feedback");
  EXPECT_THAT(trained->report, HasSubstr("63 rows of 21 groups, 3 intents"));
  EXPECT_THAT(trained->report, HasSubstr("macro-F1"));
  EXPECT_THAT(trained->report, HasSubstr("expected calibration error"));
}

TEST(TrainingTest, TheSameRowsGiveTheSameBytes) {
  const auto first = Make(Rows());
  const auto second = Make(Rows());
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->file, second->file);
  EXPECT_EQ(first->report, second->report);
}

// Were the variants of a text on both sides, each would be recognised.
TEST(TrainingTest, AGroupIsNeverOnBothSides) {
  std::vector<Row> rows;
  for (int group = 0; group < 40; ++group) {
    // A group's word says nothing of any other group.
    const std::string word(3, static_cast<char>('a' + group % 26));
    for (int variant = 0; variant < 5; ++variant) {
      rows.push_back({word + std::string(group / 26 + 1, 'q'), "", group % 2 == 0 ? "even" : "odd",
                      "xx", "group" + std::to_string(group), 1});
    }
  }
  TrainingOptions options;
  options.train.tolerance = 0.01;
  const auto trained = Make(rows, options);
  ASSERT_TRUE(trained.ok()) << trained.status();
  const size_t at = trained->report.find("accuracy ");
  EXPECT_LT(std::stod(trained->report.substr(at + 9, 5)), 0.75) << trained->report;
}

TEST(TrainingTest, AConceptCarriesWhatWasLearntToOtherLanguages) {
  TrainingOptions options;
  options.concepts =
      *model::Concepts::Parse("give_back: devol* zuruckgeben\nthanks: gracias danke\n");
  const auto trained = Make(Rows(), options);
  ASSERT_TRUE(trained.ok()) << trained.status();
  EXPECT_EQ(Best(trained->file, {"zuruckgeben"}), "return_refund");
  EXPECT_EQ(Best(trained->file, {"danke"}), "praise_feedback");
}

TEST(TrainingTest, ConceptsThatNoTextCanHaveAreRefused) {
  const std::string path = testing::TempDir() + "concepts_that_no_text_can_have.txt";
  const auto read = [&](std::string_view text) {
    std::ofstream(path) << text;
    return ReadConcepts(path);
  };
  EXPECT_TRUE(read("late: late spat\n").ok());
  EXPECT_THAT(std::string(read("late: sp\xC3\xA4t\n").status().message()),
              HasSubstr("no text has"));
  EXPECT_EQ(read("late: Late\n").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(read("late\n").status().message()), HasSubstr("line 1"));
  std::filesystem::remove(path);
  EXPECT_EQ(ReadConcepts(path).status().code(), absl::StatusCode::kNotFound);
}

TEST(TrainingTest, ARowThatWeighsMoreWins) {
  std::vector<Row> rows = {{"verde", "", "a", "", "1", 1},  {"verde", "", "b", "", "2", 20},
                           {"azul", "", "a", "", "3", 1},   {"rojo", "", "b", "", "4", 1},
                           {"blanco", "", "a", "", "5", 1}, {"negro", "", "b", "", "6", 1}};
  TrainingOptions options;
  options.folds = 0;
  const auto heavy_b = Make(rows, options);
  std::swap(rows[0].weight, rows[1].weight);
  const auto heavy_a = Make(rows, options);
  ASSERT_TRUE(heavy_a.ok() && heavy_b.ok());
  EXPECT_EQ(Best(heavy_b->file, {"verde"}), "b");
  EXPECT_EQ(Best(heavy_a->file, {"verde"}), "a");
  EXPECT_THAT(heavy_a->report, HasSubstr("Nothing was held out"));
}

TEST(TrainingTest, RowsThatCannotBeTrainedOnAreRefused) {
  EXPECT_EQ(Make({}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Make({{"a", "", "x", "", "1", 1}}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Make({{"a", "", "x", "", "1", 1}, {"b", "", "y", "", "1", 1}}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace centralita::training
