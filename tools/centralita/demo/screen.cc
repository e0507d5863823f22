#include "demo/screen.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "centralita/base/time.h"
#include "views/table.h"

namespace centralita::demo {
namespace {

constexpr size_t kWidth = 100;
constexpr int64_t kPlainIntervalMs = 4000;

std::string Row(const Moment& moment) {
  const auto& o = moment.overview;
  const auto& m = o.messages();
  // Accepted by word and not in the log, once metrics has read all of it. The report's check is the
  // thorough one.
  const uint64_t lost = o.behind_records() == 0 && moment.told_accepted > m.accepted()
                            ? moment.told_accepted - m.accepted()
                            : 0;
  return fmt::format(
      "{:>4.0f} s   in {:>4}   tagged {:>4}   queued {:>3}   offered {:>3}   active {:>3}   "
      "resolved {:>4}   "
      "breached {:>3}   lost {}",
      static_cast<double>(moment.elapsed_ms) / 1000.0, m.accepted(), o.tagged(), m.queued(),
      m.offered(), m.active(), m.resolved(), o.breaches(), lost);
}

std::string Queues(const Moment& moment) {
  using views::Align;
  views::Table table({{"POOL/QUEUE", Align::kLeft},
                      {"WAITING", Align::kRight},
                      {"OLDEST", Align::kRight},
                      {"OFFERED", Align::kRight},
                      {"ACTIVE", Align::kRight},
                      {"CLOSED", Align::kRight},
                      {"BREACHED", Align::kRight}});
  for (const auto& row : moment.queues.rows()) {
    const int64_t oldest = row.oldest_eligible_unix_ms();
    table.Add({row.pool() + "/" + row.queue(), std::to_string(row.queued()),
               oldest == 0 ? "-"
                           : base::FormatDuration(
                                 base::Duration(std::max<int64_t>(0, moment.now_unix_ms - oldest))),
               std::to_string(row.offered()), std::to_string(row.active()),
               std::to_string(row.closed()), std::to_string(row.breaches())});
  }
  return table.Print();
}

}  // namespace

void Screen::Erase() {
  if (table_lines_ > 0) fmt::print("\x1b[{}A\x1b[J", table_lines_);
  table_lines_ = 0;
}

void Screen::Say(const std::string& line) {
  const std::scoped_lock lock(mutex_);
  if (terminal_) Erase();
  fmt::print("{}\n", views::Shorten(line, kWidth));
  if (terminal_ && !table_.empty()) {
    fmt::print("{}", table_);
    table_lines_ = static_cast<size_t>(std::ranges::count(table_, '\n'));
  }
  std::fflush(stdout);
}

void Screen::Show(const Moment& moment) {
  const std::scoped_lock lock(mutex_);
  if (!terminal_) {
    if (moment.elapsed_ms - last_plain_ms_ < kPlainIntervalMs) return;
    last_plain_ms_ = moment.elapsed_ms;
    fmt::print("{}\n", Row(moment));
    std::fflush(stdout);
    return;
  }
  Erase();
  table_ = "\n" + Row(moment) + "\n\n" + Queues(moment);
  fmt::print("{}", table_);
  table_lines_ = static_cast<size_t>(std::ranges::count(table_, '\n'));
  std::fflush(stdout);
}

void Screen::End() {
  const std::scoped_lock lock(mutex_);
  table_.clear();
  table_lines_ = 0;
}

}  // namespace centralita::demo
