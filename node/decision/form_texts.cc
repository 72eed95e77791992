#include "node/decision/form_texts.h"

#include <array>
#include <cstddef>

namespace daftar::decision {
namespace {

struct Row {
  FormText text;
  std::string_view english;
  std::string_view indonesian;
  std::string_view malay;
};

using enum FormText;

constexpr std::array<Row, static_cast<size_t>(kLastFormText) + 1> kRows = {{
    {kNoIdentifier,
     "This is no phone number, e-mail address, official number, bank account or marketplace name "
     "that can be looked up. Type one as it is written, like joko@toko.co.id or ",
     "Ini bukan nomor telepon, alamat email, nomor resmi, rekening bank, atau nama akun "
     "marketplace yang dapat dicari. Ketik seperti yang tertulis, misalnya joko@toko.co.id atau ",
     "Ini bukan nombor telefon, alamat e-mel, nombor rasmi, akaun bank atau nama akaun pasaran "
     "dalam talian yang boleh dicari. Taip seperti yang ditulis, misalnya joko@toko.co.id atau "},
    {kShop, "Shop that reports it", "Toko yang melaporkan", "Kedai yang melaporkan"},
    {kPublished, "Shared on", "Dibagikan pada", "Dikongsi pada"},
    {kReason, "Reason", "Alasan", "Sebab"},
    {kAmount, "Amount", "Jumlah", "Jumlah"},
    {kOccurred, "Occurred on", "Terjadi pada", "Berlaku pada"},
    {kDue, "Due on", "Jatuh tempo pada", "Perlu dibayar pada"},
    {kReminders, "Reminded on", "Diingatkan pada", "Diingatkan pada"},
    {kSettledBefore, "Orders paid before", "Pesanan yang sudah dibayar sebelumnya",
     "Pesanan yang sudah dibayar sebelum ini"},
    {kProof, "Proof", "Bukti", "Bukti"},
    {kIdentifiers, "Phone numbers and other identifiers", "Nomor telepon dan pengenal lain",
     "Nombor telefon dan pengenal lain"},
    {kPublishedAt, "the day and time at which it is shared", "hari dan jam saat dibagikan",
     "hari dan masa ia dikongsi"},
    {kProofAttached, "a fingerprint of the files, not the files", "sidik berkas, bukan berkasnya",
     "cap jari fail, bukan failnya"},
    {kNoProof, "none", "tidak ada", "tiada"},
    {kIdentifiersHidden, "not in the record: only who knows one already finds it by that",
     "tidak ada dalam catatan: hanya yang sudah mengetahuinya dapat menemukannya",
     "tiada dalam rekod: hanya yang sudah mengetahuinya dapat menemuinya"},
    {kSettledNone, "none", "tidak ada", "tiada"},
    {kSettledOneOrTwo, "1 or 2", "1 atau 2", "1 atau 2"},
    {kSettledThreeToNine, "3 to 9", "3 sampai 9", "3 hingga 9"},
    {kSettledTenOrMore, "10 or more", "10 atau lebih", "10 atau lebih"},
}};

constexpr bool IsComplete() {
  for (size_t i = 0; i < kRows.size(); ++i) {
    const Row& row = kRows[i];
    if (row.text != static_cast<FormText>(i) || row.english.empty() || row.indonesian.empty() ||
        row.malay.empty()) {
      return false;
    }
  }
  return true;
}
static_assert(IsComplete(), "a text is missing, or not in the order of the enum");

}  // namespace

std::string_view Words(Language language, FormText text) {
  const Row& row = kRows[static_cast<size_t>(text)];
  switch (language) {
    case Language::kIndonesian:
      return row.indonesian;
    case Language::kMalay:
      return row.malay;
    case Language::kEnglish:
      break;
  }
  return row.english;
}

std::string_view SettledBucketWords(Language language, evidence::SettledBucket bucket) {
  switch (bucket) {
    case evidence::SettledBucket::kOneOrTwo:
      return Words(language, kSettledOneOrTwo);
    case evidence::SettledBucket::kThreeToNine:
      return Words(language, kSettledThreeToNine);
    case evidence::SettledBucket::kTenOrMore:
      return Words(language, kSettledTenOrMore);
    case evidence::SettledBucket::kNone:
      break;
  }
  return Words(language, kSettledNone);
}

}  // namespace daftar::decision
