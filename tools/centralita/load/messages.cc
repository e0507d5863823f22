#include "load/messages.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <utility>

#include "client/message_json.h"
#include "load/load.h"

namespace centralita::load {
using ingest::v1::NewMessage;

namespace {

constexpr std::array kPhrases = {
    "¿Dónde está mi pedido? Lleva una semana en reparto",
    "No me deja pagar con la tarjeta, me da error todo el rato",
    "Quiero devolver unas zapatillas, me quedan pequeñas",
    "where is my order?? it said tuesday",
    "I was charged twice for the same order, please refund one",
    "How do I change the delivery address?",
    "Къде ми е поръчката? Чакам вече 5 дни",
    "Не мога да вляза в профила си",
    "Boa tarde, o artigo chegou partido, quero o reembolso",
    "Bonjour, mon colis est marqué livré mais je n'ai rien reçu",
    "Wann kommt mein Paket an?",
    "Vorrei annullare l'ordine fatto stamattina",
    "gracias, todo perfecto",
    "is the blue one back in stock soon? 😊",
};

constexpr std::array kChannels = {common::v1::CHANNEL_CHAT, common::v1::CHANNEL_EMAIL,
                                  common::v1::CHANNEL_WHATSAPP, common::v1::CHANNEL_FORM,
                                  common::v1::CHANNEL_INSTAGRAM};

}  // namespace

absl::StatusOr<std::vector<NewMessage>> Templates(const std::string& input, base::TimePoint now) {
  std::vector<NewMessage> templates;
  if (input.empty()) {
    for (size_t i = 0; i < kPhrases.size(); ++i) {
      NewMessage message;
      message.set_channel(kChannels[i % kChannels.size()]);
      message.set_text(kPhrases[i]);
      templates.push_back(std::move(message));
    }
    return templates;
  }
  std::ifstream file(input);
  if (!file) return absl::NotFoundError(fmt::format("The input {} cannot be read.", input));
  std::string line;
  while (std::getline(file, line)) {
    if (line.empty()) continue;
    auto played = client::ParseMessage(line, now);
    if (!played.ok()) return played.status();
    played->message.clear_not_before_unix_ms();
    templates.push_back(std::move(played->message));
  }
  if (templates.empty())
    return absl::InvalidArgumentError(fmt::format("The input {} has no messages.", input));
  return templates;
}

MessageMaker::MessageMaker(const LoadOptions& options, const std::vector<NewMessage>& templates,
                           int index)
    : options_(options),
      templates_(templates),
      index_(index),
      random_(options.seed * 1000003 + static_cast<uint64_t>(index)) {}

void MessageMaker::Make(uint64_t n, NewMessage& message) {
  message = templates_[random_() % templates_.size()];
  const uint64_t per_stream =
      std::max<uint64_t>(1, options_.customers / static_cast<uint64_t>(options_.streams));
  const uint64_t customer = (random_() % per_stream) * static_cast<uint64_t>(options_.streams) +
                            static_cast<uint64_t>(index_);
  if (message.account().empty()) message.set_account("load");
  message.set_handle(fmt::format("c{}@load.example", customer));
  const bool again = n > 0 && options_.duplicates > 0 &&
                     std::uniform_real_distribution<double>(0, 1)(random_) < options_.duplicates;
  if (again && !last_.provider_message_id().empty()) {
    message = last_;
    return;
  }
  message.set_provider_message_id(fmt::format("{}-{}-{}", options_.run, index_, n));
  last_ = message;
}

}  // namespace centralita::load
