// Words by which one language is known from the other two, and words that no letter may have.
#ifndef DAFTAR_TESTS_NODE_DECISION_LANGUAGE_WORDS_H_
#define DAFTAR_TESTS_NODE_DECISION_LANGUAGE_WORDS_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "node/decision/language.h"

namespace daftar::decision {

// Words (or several, in order) that belong to one of the three languages only, as this product
// uses them. Lower case; found as whole words.
inline std::span<const std::string_view> WordsOnlyIn(Language language) {
  static constexpr std::string_view kEnglish[] = {
      "the",      "of",       "and",      "or",        "customer",    "shop",   "partner",
      "partners", "record",   "records",  "order",     "orders",      "day",    "days",
      "today",    "paid",     "not",      "checked",   "answered",    "newest", "own",
      "this",     "that",     "with",     "is",        "are",         "was",    "before",
      "ask",      "delivery", "payment",  "price",     "invoice",     "notes",  "abuse",
      "demands",  "to",       "for",      "in",        "instalments", "letter", "thank",
      "you",      "your",     "our",      "we",        "dear",        "kind",   "regards",
      "settled",  "disputed", "overdue",  "credit",    "cash",        "old",    "others",
      "nothing",  "counts",   "group",    "person",    "accept",      "review", "decline",
      "from",     "may",      "december", "january",   "february",    "march",  "june",
      "july",     "august",   "october",  "withdrawn", "unreachable", "ago"};
  static constexpr std::string_view kIndonesian[] = {
      "uang",     "muka",        "mitra",      "bisa",        "karena",
      "faktur",   "toko",        "tanggal",    "lunas",       "dilunasi",
      "melunasi", "kelompok",    "dari",       "saja",        "tagihan",
      "kiriman",  "kirim",       "kirimkan",   "dihitung",    "diperiksa",
      "periksa",  "catatan",     "disanggah",  "sanggahan",   "angsuran",
      "detik",    "menit",       "waktu",      "rahasia",     "kartu",
      "apakah",   "setelah",     "utang",      "piutang",     "rencana",
      "klaim",    "dihapus",     "pengiriman", "pembayaran",  "pengerjaan",
      "batas",    "ramah",       "staf",       "tunggakan",   "kejadian",
      "tempo",    "berbeda",     "memiliki",   "terbaru",     "ditemukan",
      "dikenal",  "memercayai",  "mencakup",   "jawaban",     "keluhan",
      "perilaku", "jadwal",      "silakan",    "baru",        "jasa",
      "daring",   "setempat",    "kesempatan", "melayani",    "kami mohon",
      "yth",      "bapak",       "ibu",        "maret",       "juni",
      "juli",     "agustus",     "desember",   "kedaluwarsa", "dikonfirmasi",
      "sisanya",  "kesepakatan", "mintalah",   "seberapa",    "pesanan sudah lunas"};
  static constexpr std::string_view kMalay[] = {
      "wang",         "kerana",        "boleh",      "rakan",       "kongsi",     "invois",
      "kedai",        "tarikh",        "daripada",   "sahaja",      "sama ada",   "rekod",
      "disemak",      "semak",         "menyemak",   "kakitangan",  "tertunggak", "peratus",
      "ansuran",      "saat",          "minit",      "rahsia",      "rasmi",      "kad",
      "tiada",        "had",           "kumpulan",   "selepas",     "hutang",     "aduan",
      "bayaran",      "penghantaran",  "hantarkan",  "dikira",      "tempoh",     "perkara",
      "insiden",      "ialah",         "pelan",      "senarai",     "mesra",      "kelakuan",
      "munasabah",    "dipertikaikan", "pertikaian", "terkini",     "berusia",    "dikenali",
      "mempercayai",  "merangkumi",    "jadual",     "sila",        "baharu",     "barangan",
      "perkhidmatan", "kawasan",       "peluang",    "berkhidmat",  "tuan",       "puan",
      "mac",          "jun",           "julai",      "ogos",        "disember",   "dipadam",
      "disahkan",     "baki",          "bakinya",    "perjanjian",  "mempunyai",  "sejauh",
      "diskaun",      "komisen",       "jawapan",    "memberitahu", "maklumkan"};
  switch (language) {
    case Language::kIndonesian:
      return kIndonesian;
    case Language::kMalay:
      return kMalay;
    case Language::kEnglish:
      break;
  }
  return kEnglish;
}

// What a letter to a customer never speaks of, in whatever language it is written.
inline constexpr std::string_view kNotInLetters[] = {"partner",
                                                     "partners",
                                                     "mitra",
                                                     "rakan",
                                                     "rakan kongsi",
                                                     "rekanan",
                                                     "debt",
                                                     "debts",
                                                     "owe",
                                                     "owed",
                                                     "owes",
                                                     "utang",
                                                     "hutang",
                                                     "piutang",
                                                     "tunggakan",
                                                     "tertunggak",
                                                     "unpaid",
                                                     "overdue",
                                                     "late",
                                                     "terlambat",
                                                     "lewat",
                                                     "jatuh tempo",
                                                     "menunggak",
                                                     "arrears",
                                                     "blacklist",
                                                     "daftar hitam",
                                                     "senarai hitam",
                                                     "list",
                                                     "daftar",
                                                     "senarai",
                                                     "risk",
                                                     "risiko",
                                                     "score",
                                                     "skor",
                                                     "rating",
                                                     "record",
                                                     "records",
                                                     "catatan",
                                                     "rekod",
                                                     "reason",
                                                     "reasons",
                                                     "alasan",
                                                     "sebab itu pelanggan",
                                                     "incident",
                                                     "insiden",
                                                     "kejadian",
                                                     "kes",
                                                     "report",
                                                     "laporan",
                                                     "fault",
                                                     "salah",
                                                     "kesalahan",
                                                     "blame",
                                                     "dispute",
                                                     "sanggahan",
                                                     "pertikaian",
                                                     "decision",
                                                     "keputusan",
                                                     "refuse",
                                                     "reject",
                                                     "tolak",
                                                     "menolak",
                                                     "problem",
                                                     "masalah",
                                                     "bad",
                                                     "buruk",
                                                     "bank",
                                                     "check",
                                                     "node"};

// `text` in lower case with one space around each word; marks other than - and / are dropped.
inline std::string SpacedWords(std::string_view text) {
  std::string out = " ";
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                        (static_cast<unsigned char>(c) & 0x80U) != 0;
    if (letter) {
      out += c;
    } else if (c >= 'A' && c <= 'Z') {
      out += static_cast<char>(c - 'A' + 'a');
    } else if (out.back() != ' ') {
      out += ' ';
    }
  }
  if (out.back() != ' ') out += ' ';
  return out;
}

inline bool HasWord(std::string_view text, std::string_view word) {
  return SpacedWords(text).find(" " + std::string(word) + " ") != std::string::npos;
}

// Those of `words` that stand in `text`.
inline std::vector<std::string> WordsFound(std::string_view text,
                                           std::span<const std::string_view> words) {
  const std::string spaced = SpacedWords(text);
  std::vector<std::string> found;
  for (const std::string_view word : words) {
    if (spaced.find(" " + std::string(word) + " ") != std::string::npos) found.emplace_back(word);
  }
  return found;
}

// The words of the two other languages that stand in `text`. A command has one name in all.
inline std::vector<std::string> ForeignWords(Language language, std::string_view said) {
  constexpr std::string_view kCommand = "daftar letter parting";
  std::string text(said);
  if (const size_t at = text.find(kCommand); at != std::string::npos) {
    text.erase(at, kCommand.size());
  }
  std::vector<std::string> found;
  for (const Language other : kLanguages) {
    if (other == language) continue;
    for (std::string& word : WordsFound(text, WordsOnlyIn(other))) found.push_back(word);
  }
  // The one word that English and Malay share and Indonesian has not.
  if (language == Language::kIndonesian && HasWord(text, "deposit")) found.emplace_back("deposit");
  return found;
}

}  // namespace daftar::decision

#endif  // DAFTAR_TESTS_NODE_DECISION_LANGUAGE_WORDS_H_
