// Histories come from other programs, and mappings by hand: whatever stands in them, every order
// that is taken keeps its moments in order, and a history that was read can be back-tested.
#include <cstdlib>
#include <sstream>

#include "node/decision/backtest.h"
#include "node/decision/history_file.h"

namespace decision = daftar::decision;

namespace {

constexpr std::string_view kHeader = "who,at,bad,due,paid,shop,sum,known\n";
constexpr std::string_view kIdentifiers = "version = 1\n[identifiers]\nhandle = \"shop/{who}\"\n";
constexpr std::string_view kByText =
    "[outcome]\nreason = \"no-show\"\nat = \"{at}\"\ntime_formats = [\"%Y-%m-%d\", "
    "\"%d.%m.%y\"]\nbad = \"{bad}\"\n"
    "bad_yes = [\"yes\"]\nknown = \"{known}\"\nknown_after_days = 30\nshop = \"{shop}\"\n"
    "amount = \"{sum}\"\ncurrency = \"IDR\"\n";
constexpr std::string_view kByDates =
    "[outcome]\nreason = \"no-show\"\nat = \"{at}\"\ntime_formats = [\"unix\"]\ndue = "
    "\"{due}\"\npaid = \"{paid}\"\n"
    "bad_after_days = 10\njudge_from = \"2020-01-01\"\n";
constexpr std::string_view kBelow =
    "[outcome]\nreason = \"no-show\"\nat = \"{at}\"\ntime_formats = [\"%Y-%m-%d\"]\nbad = "
    "\"{bad}\"\nbad_below = 0\n";

void CheckOrder(const decision::PastOrder& order, const decision::History& history) {
  const bool kept = order.customer < history.customers && order.known_at >= order.at &&
                    (!order.bad || order.settled_at >= order.known_at) &&
                    (order.party == decision::kNoParty || order.party < history.parties);
  if (!kept) std::abort();
}

void Read(const decision::HistoryMapping& mapping, const std::string& csv) {
  decision::HistoryBuilder builder{daftar::crypto::Bytes(32, 1)};
  std::istringstream stream(csv);
  const auto status = decision::ReadHistory(stream, mapping, {}, builder,
                                            [](const decision::LedgerRefusal& refusal) {
                                              if (refusal.reason.empty()) std::abort();
                                              return true;
                                            });
  const decision::History history = std::move(builder).Finish();
  for (const decision::PastOrder& order : history.orders) CheckOrder(order, history);
  constexpr size_t kMaxOrders = 200;  // of one input: a back-test is no cheap thing
  if (!status.ok() || history.orders.size() > kMaxOrders) return;
  decision::BacktestOptions options;
  options.shops = 2;
  options.rounds = 1;
  options.liar = true;
  (void)decision::Backtest(history, decision::DefaultPolicy(), options);
}

decision::HistoryMapping Mapping(std::string_view outcome) {
  auto mapping = decision::HistoryMapping::Parse(std::string(kIdentifiers) + std::string(outcome),
                                                 daftar::identity::Region::kIndonesia);
  if (!mapping.ok()) std::abort();
  return *std::move(mapping);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const decision::HistoryMapping mappings[] = {Mapping(kByText), Mapping(kByDates),
                                                      Mapping(kBelow)};
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const decision::HistoryMapping& mapping : mappings) {
    Read(mapping, text);
    Read(mapping, std::string(kHeader) + text);
  }
  const auto own = decision::HistoryMapping::Parse(text, daftar::identity::Region::kIndonesia);
  if (own.ok()) Read(*own, std::string(kHeader) + "ani,2024-01-01,yes,5,6,a,100,2024-02-01\n");
  return 0;
}
