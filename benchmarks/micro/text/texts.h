// A hundred thousand distinct messages made from the demo's: each is one of them, or two, with
// numbers of its own. The same on every machine.
#pragma once

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace centralita::text {

inline constexpr size_t kTexts = 100'000;

// CENTRALITA_DEMO is the folder deploy/demo.
inline std::vector<std::string> MakeTexts() {
  std::ifstream in(CENTRALITA_DEMO "/messages.jsonl");
  std::vector<std::string> demo;
  for (std::string line; std::getline(in, line);) {
    demo.push_back(nlohmann::json::parse(line)["text"].get<std::string>());
  }
  std::mt19937 random(20261122);
  std::set<std::string> distinct;
  while (distinct.size() < kTexts) {
    std::string text = demo[random() % demo.size()];
    if (random() % 3 == 0) text += " " + demo[random() % demo.size()];
    for (char& c : text) {
      if (c >= '0' && c <= '9') c = static_cast<char>('0' + random() % 10);
    }
    if (!distinct.insert(text).second) {
      distinct.insert(text + " LN-" + std::to_string(10'000 + random() % 90'000));
    }
  }
  std::vector<std::string> texts(distinct.begin(), distinct.end());
  std::shuffle(texts.begin(), texts.end(), random);
  return texts;
}

inline const std::vector<std::string>& Texts() {
  static const std::vector<std::string> texts = MakeTexts();
  return texts;
}

struct Lengths {
  double mean = 0;
  double deviation = 0;
};

inline Lengths LengthsOf(const std::vector<std::string>& texts) {
  double sum = 0;
  double squares = 0;
  for (const std::string& text : texts) {
    sum += static_cast<double>(text.size());
    squares += static_cast<double>(text.size()) * static_cast<double>(text.size());
  }
  const double count = static_cast<double>(texts.size());
  const double mean = sum / count;
  return {mean, std::sqrt(squares / count - mean * mean)};
}

}  // namespace centralita::text
