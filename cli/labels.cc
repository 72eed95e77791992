#include "cli/labels.h"

namespace daftar::cli {
namespace {

constexpr Labels kEnglish{
    .unknown_answer = "UNKNOWN ANSWER",
    .next = "Next",
    .partners = "Partners",
    .records = "Records",
    .a_partner = "a partner",
    .own_orders = "own orders",
    .own_incident = "own incident {1}",
    .data_old = "data {1} old",
    .no_data = "no data yet",
    .one_record = "1 record",
    .many_records = "{1} records",
    .counts = "counts {1} at weight {2}",
    .counts_unweighed = "counts {1}",
    .does_not_count = "did not count",
    .age = "{1} old",
    .one_order = "1 order",
    .many_orders = "{1} orders",
    .settled = "{1} settled",
    .on_time = "{1} on time",
    .late = "{1} late",
    .worst = "worst {1}",
    .open = "{1} open",
    .overdue = "{1} overdue",
    .group = "Group",
    .allowed = "Allowlist",
    .allowed_entry = "trusted by this shop, entry {1}",
    .bounded = "Bounded",
    .receipt = "Receipt",
    .checked = "Checked",
    .by = " by ",
    .order = "Order",
    .no_amount = "no amount given",
    .policy = "Policy",
    .log = "Decision log",
    .log_place = "#{1}, commitment {2}",
    .decided_by = "Decided by",
    .rate = "Expected bad rate",
    .prior = "Without any record",
    .fired = "Rules that fired",
    .not_fired = "Rules that did not",
    .none = "none",
    .asks_for = "asks for: {1}",
    .inputs = "What went in",
    .with_outcome = "{1} with an outcome",
    .bad = "{1} late or unpaid",
    .weight = "weight {1}",
    .one_entry = "1 entry",
    .many_entries = "{1} entries",
    .witnessed = "witnessed by {1}",
    .seen_alone = "head seen by this node alone",
    .coverage = "Who was asked",
    .overridden = "Overridden",
    .overridden_by = "to {1}, by {2}",
    .overridden_before = "Before that",
    .outcome = "Outcome",
    .paid = "paid",
    .paid_late = "late",
    .unpaid = "unpaid",
};

constexpr Labels kIndonesian{
    .unknown_answer = "JAWABAN TIDAK DIKENAL",
    .next = "Langkah berikutnya",
    .partners = "Mitra",
    .records = "Catatan",
    .a_partner = "satu mitra",
    .own_orders = "pesanan di toko ini",
    .own_incident = "kejadian toko ini {1}",
    .data_old = "data berumur {1}",
    .no_data = "belum ada data",
    .one_record = "1 catatan",
    .many_records = "{1} catatan",
    .counts = "dihitung {1} dengan bobot {2}",
    .counts_unweighed = "dihitung {1}",
    .does_not_count = "tidak dihitung",
    .age = "berumur {1}",
    .one_order = "1 pesanan",
    .many_orders = "{1} pesanan",
    .settled = "{1} lunas",
    .on_time = "{1} tepat waktu",
    .late = "{1} terlambat",
    .worst = "paling lama {1}",
    .open = "{1} belum dibayar",
    .overdue = "{1} lewat jatuh tempo",
    .group = "Kelompok",
    .allowed = "Daftar tepercaya",
    .allowed_entry = "dipercaya toko ini, nomor {1}",
    .bounded = "Dibatasi",
    .receipt = "Nomor bukti",
    .checked = "Diperiksa",
    .by = " oleh ",
    .order = "Pesanan",
    .no_amount = "tanpa jumlah",
    .policy = "Kebijakan",
    .log = "Log keputusan",
    .log_place = "#{1}, komitmen {2}",
    .decided_by = "Diputuskan oleh",
    .rate = "Perkiraan gagal bayar",
    .prior = "Tanpa catatan apa pun",
    .fired = "Aturan yang berlaku",
    .not_fired = "Aturan yang tidak berlaku",
    .none = "tidak ada",
    .asks_for = "meminta: {1}",
    .inputs = "Yang diperhitungkan",
    .with_outcome = "{1} sudah ada hasilnya",
    .bad = "{1} terlambat atau tidak dibayar",
    .weight = "bobot {1}",
    .one_entry = "1 entri",
    .many_entries = "{1} entri",
    .witnessed = "disaksikan oleh {1}",
    .seen_alone = "hanya dilihat oleh simpul ini",
    .coverage = "Siapa yang ditanya",
    .overridden = "Diubah menjadi",
    .overridden_by = "{1}, oleh {2}",
    .overridden_before = "Sebelumnya menjadi",
    .outcome = "Hasil",
    .paid = "dibayar",
    .paid_late = "terlambat",
    .unpaid = "tidak dibayar",
};

constexpr Labels kMalay{
    .unknown_answer = "JAWAPAN TIDAK DIKENALI",
    .next = "Langkah seterusnya",
    .partners = "Rakan kongsi",
    .records = "Rekod",
    .a_partner = "satu rakan kongsi",
    .own_orders = "pesanan di kedai ini",
    .own_incident = "insiden kedai ini {1}",
    .data_old = "data berusia {1}",
    .no_data = "belum ada data",
    .one_record = "1 rekod",
    .many_records = "{1} rekod",
    .counts = "dikira {1} dengan pemberat {2}",
    .counts_unweighed = "dikira {1}",
    .does_not_count = "tidak dikira",
    .age = "berusia {1}",
    .one_order = "1 pesanan",
    .many_orders = "{1} pesanan",
    .settled = "{1} telah dibayar",
    .on_time = "{1} tepat pada masanya",
    .late = "{1} lewat",
    .worst = "paling lama {1}",
    .open = "{1} belum dibayar",
    .overdue = "{1} melepasi tarikh akhir",
    .group = "Kumpulan",
    .allowed = "Senarai dipercayai",
    .allowed_entry = "dipercayai kedai ini, nombor {1}",
    .bounded = "Dihadkan",
    .receipt = "Nombor resit",
    .checked = "Disemak",
    .by = " oleh ",
    .order = "Pesanan",
    .no_amount = "tiada jumlah",
    .policy = "Dasar",
    .log = "Log keputusan",
    .log_place = "#{1}, komitmen {2}",
    .decided_by = "Diputuskan oleh",
    .rate = "Jangkaan gagal bayar",
    .prior = "Tanpa sebarang rekod",
    .fired = "Peraturan yang terpakai",
    .not_fired = "Peraturan yang tidak terpakai",
    .none = "tiada",
    .asks_for = "meminta: {1}",
    .inputs = "Yang diambil kira",
    .with_outcome = "{1} sudah ada hasilnya",
    .bad = "{1} lewat atau tidak dibayar",
    .weight = "pemberat {1}",
    .one_entry = "1 entri",
    .many_entries = "{1} entri",
    .witnessed = "disaksikan oleh {1}",
    .seen_alone = "hanya dilihat oleh nod ini",
    .coverage = "Siapa yang ditanya",
    .overridden = "Diubah kepada",
    .overridden_by = "{1}, oleh {2}",
    .overridden_before = "Sebelum itu kepada",
    .outcome = "Hasil",
    .paid = "dibayar",
    .paid_late = "lewat",
    .unpaid = "tidak dibayar",
};

}  // namespace

const Labels& LabelsIn(decision::Language language) {
  switch (language) {
    case decision::Language::kIndonesian:
      return kIndonesian;
    case decision::Language::kMalay:
      return kMalay;
    case decision::Language::kEnglish:
      break;
  }
  return kEnglish;
}

std::string Filled(const char* label, const std::string& first, const std::string& second) {
  std::string out;
  for (const char* at = label; *at != 0; ++at) {
    const bool place = at[0] == '{' && (at[1] == '1' || at[1] == '2') && at[2] == '}';
    if (!place) {
      out += *at;
      continue;
    }
    out += at[1] == '1' ? first : second;
    at += 2;
  }
  return out;
}

}  // namespace daftar::cli
