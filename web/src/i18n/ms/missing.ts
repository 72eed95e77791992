import type { missing as en } from "../en/missing";

export const missing: typeof en = {
  or: " atau ",
  identifier: "Tambah pengenal pembeli, seperti nombor telefon.",
  identifiers: (most: string, there: string) => `Pilih paling banyak ${most} pengenal; insiden ini mempunyai ${there}.`,
  nobody: (type: string, why: string) =>
    `${type}: ini bukan milik seorang pembeli (${why}). Tarik balik insiden ini dan failkan semula tanpanya.`,
  amount: "Nyatakan jumlah dan mata wangnya.",
  amountLarge: "Betulkan jumlah: lebih besar daripada yang boleh direkod.",
  currency: (these: string, other: string) => `Nyatakan jumlah dalam ${these}: piagam tiada jumlah terkecil dalam ${other}.`,
  amountSmall: (least: string) => `Jumlahnya terlalu kecil untuk dikongsi: piagam meminta sekurang-kurangnya ${least}.`,
  occurred: "Nyatakan tarikh ia berlaku.",
  occurredFuture: (day: string) => `Betulkan tarikh ia berlaku: ${day} belum tiba.`,
  tooOld: (months: number) => `Sudah terlalu lama untuk dikongsi: piagam menyimpan sebab ini ${months} bulan selepas ia berlaku.`,
  due: "Nyatakan tarikh bayaran cukup tempoh.",
  notOverdue: (day: string) => `Tunggu sehingga bayaran lepas tempoh: cukup tempoh pada ${day}.`,
  daysSinceDue: (day: string, days: number) => `Tunggu sehingga ${day}: piagam meminta ${days} hari sejak bayaran cukup tempoh.`,
  daysSinceOccurred: (day: string, days: number) => `Tunggu sehingga ${day}: piagam meminta ${days} hari sejak ia berlaku.`,
  remindersMany: (most: string, there: string) => `Rekod paling banyak ${most} peringatan; kini ada ${there}.`,
  remindersOrder: "Betulkan tarikh peringatan: satu sehari, mengikut urutan.",
  remindersFuture: (day: string) => `Betulkan tarikh peringatan: ${day} belum tiba.`,
  ordinals: ["pertama", "kedua", "ketiga", "keempat", "kelima", "keenam", "ketujuh", "kelapan"],
  reminder: (ordinal: string, sent: string, counts: string) => `Peringatan ${ordinal}, dihantar ${sent}, belum ada; ${counts}.`,
  afterReminder: (days: number, ordinal: string, day: string) =>
    `${days} hari atau lebih selepas peringatan ${ordinal} (${day})`,
  afterDue: (day: string) => `selepas hari cukup tempoh (${day})`,
  toCustomer: "kepada pembeli",
  countsToday: "yang dihantar hari ini dikira",
  countsFrom: (day: string) => `dikira mulai ${day}`,
  neededInAll: (counts: string, all: string) => `${counts}, dan semuanya ${all} diperlukan`,
  daysSinceReminder: (day: string, days: number, sent: string) =>
    `Tunggu sehingga ${day}: piagam meminta ${days} hari sejak peringatan pertama, yang dihantar pada ${sent}.`,
  tell: "Beritahu pembeli bahawa ini boleh dilaporkan kepada lingkaran, dan rekod tarikhnya",
  tellWithReminder:
    "Beritahu pembeli bahawa ini boleh dilaporkan kepada lingkaran, bersama peringatan pertama yang dikira atau selepasnya, dan rekod tarikhnya",
  tellAgain: "Beritahu pembeli sekali lagi bahawa ini boleh dilaporkan kepada lingkaran, dan rekod tarikhnya",
  tellAgainWithReminder:
    "Beritahu pembeli sekali lagi bahawa ini boleh dilaporkan kepada lingkaran, bersama peringatan pertama yang dikira atau selepasnya, dan rekod tarikhnya",
  toldToday: (said: string, day: string) => `${said}; jika diberitahu hari ini, ia boleh dikongsi mulai ${day}`,
  toldBefore: (said: string, day: string) => `${said}: ${day} lebih awal daripada peringatan itu`,
  toldFuture: (day: string) => `Betulkan tarikh pembeli diberitahu: ${day} belum tiba.`,
  daysSinceTold: (day: string, days: number, told: string) =>
    `Tunggu sehingga ${day}: piagam meminta ${days} hari sejak pembeli diberitahu, iaitu pada ${told}.`,
  proof: (kind: string) => `Lampirkan bukti jenis ini: ${kind}.`,
  proofs: (kinds: string) => `Lampirkan bukti salah satu jenis ini: ${kinds}.`,
  proofNot: (kind: string) => `Lampirkan bukti jenis ini: ${kind}; tiada fail terlampir yang demikian.`,
  proofsNot: (kinds: string) => `Lampirkan bukti salah satu jenis ini: ${kinds}; tiada fail terlampir yang demikian.`,
  dispute: "Selesaikan dahulu pertikaian yang terbuka.",
  approve: "Minta kelulusan orang yang tidak memfailkan dan tidak mengubahnya.",
  reasonLocal: "Pilih sebab lain: sebab ini hanya untuk kedai anda sendiri dan tidak pernah dikongsi.",
  reasonOther: "Pilih sebab lain: piagam lingkaran tidak membenarkan sebab ini dikongsi.",
  reasonsShared: (said: string, reasons: string) => `${said} Piagam lingkaran membenarkan ini dikongsi: ${reasons}.`,
};
