// Ledger files come from other programs: whatever stands in one, every row that is taken keeps the
// bounds, and no refusal repeats what stood in the line.
#include <cstdlib>
#include <sstream>

#include "node/decision/ledger_file.h"

namespace decision = daftar::decision;

namespace {

constexpr std::string_view kMapping = R"(version = 1
[identifiers]
phone = "{phone}"
handle = "shop/{user}"
[customer]
name = "{name}"
[order]
invoice = "{no}"
invoice_date = "{date}"
due_days = 14
paid_date = "{paid}"
amount = "{total}"
currency = "USD"
disputed = "{disputed}"
disputed_yes = ["yes"]
date_formats = ["%Y-%m-%d", "%d.%m.%y", "%d %b %Y"]
)";
constexpr std::string_view kHeader = "phone,user,name,no,date,paid,total,disputed\n";

void CheckRow(const decision::OrderRow& row) {
  const bool kept = !row.identifiers.empty() && !row.invoice.empty() &&
                    row.invoice.size() <= decision::kMaxInvoiceBytes &&
                    row.name.size() <= decision::kMaxNameBytes && row.invoiced.has_value() &&
                    row.due.has_value() && row.amount.minor <= daftar::evidence::kMaxMinorUnits;
  if (!kept) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto mapping = decision::LedgerMapping::Parse(
      kMapping, decision::MappingKind::kOrders, daftar::identity::Region::kIndonesia);
  if (!mapping.ok()) std::abort();
  const std::string text(reinterpret_cast<const char*>(data), size);
  const decision::OrderSink sink{[](decision::OrderRow row) {
                                   CheckRow(row);
                                   return true;
                                 },
                                 [](decision::LedgerRefusal refusal) {
                                   if (refusal.reason.empty()) std::abort();
                                   return true;
                                 }};
  for (const std::string& csv : {std::string(kHeader) + text, text}) {
    std::istringstream stream(csv);
    (void)decision::ReadOrders(stream, *mapping, sink);
  }
  (void)decision::LedgerMapping::Parse(text, decision::MappingKind::kOrders,
                                       daftar::identity::Region::kIndonesia);
  return 0;
}
