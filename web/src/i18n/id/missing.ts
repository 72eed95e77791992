import type { missing as en } from "../en/missing";

export const missing: typeof en = {
  or: " atau ",
  identifier: "Tambahkan pengenal pembeli, seperti nomor telepon.",
  identifiers: (most: string, there: string) => `Pilih paling banyak ${most} pengenal; insiden ini punya ${there}.`,
  nobody: (type: string, why: string) =>
    `${type}: ini bukan milik seorang pembeli (${why}). Tarik insiden ini dan catat lagi tanpa itu.`,
  amount: "Sebutkan jumlah dan mata uangnya.",
  amountLarge: "Perbaiki jumlahnya: lebih besar dari yang bisa dicatat.",
  currency: (these: string, other: string) => `Sebutkan jumlah dalam ${these}: piagam tidak punya jumlah terkecil dalam ${other}.`,
  amountSmall: (least: string) => `Jumlahnya terlalu kecil untuk dibagikan: piagam meminta paling sedikit ${least}.`,
  occurred: "Sebutkan tanggal kejadiannya.",
  occurredFuture: (day: string) => `Perbaiki tanggal kejadian: ${day} masih akan datang.`,
  tooOld: (months: number) => `Sudah terlalu lama untuk dibagikan: piagam menyimpan alasan ini ${months} bulan setelah kejadian.`,
  due: "Sebutkan tanggal jatuh tempo pembayaran.",
  notOverdue: (day: string) => `Tunggu sampai lewat jatuh tempo: pembayaran jatuh tempo pada ${day}.`,
  daysSinceDue: (day: string, days: number) => `Tunggu sampai ${day}: piagam meminta ${days} hari sejak jatuh tempo.`,
  daysSinceOccurred: (day: string, days: number) => `Tunggu sampai ${day}: piagam meminta ${days} hari sejak kejadian.`,
  remindersMany: (most: string, there: string) => `Catat paling banyak ${most} pengingat; sekarang ada ${there}.`,
  remindersOrder: "Perbaiki tanggal pengingat: satu per hari, berurutan.",
  remindersFuture: (day: string) => `Perbaiki tanggal pengingat: ${day} masih akan datang.`,
  ordinals: ["pertama", "kedua", "ketiga", "keempat", "kelima", "keenam", "ketujuh", "kedelapan"],
  reminder: (ordinal: string, sent: string, counts: string) => `Pengingat ${ordinal}, dikirim ${sent}, belum ada; ${counts}.`,
  afterReminder: (days: number, ordinal: string, day: string) =>
    `${days} hari atau lebih setelah pengingat ${ordinal} (${day})`,
  afterDue: (day: string) => `setelah hari jatuh tempo (${day})`,
  toCustomer: "kepada pembeli",
  countsToday: "yang dikirim hari ini dihitung",
  countsFrom: (day: string) => `dihitung mulai ${day}`,
  neededInAll: (counts: string, all: string) => `${counts}, dan semuanya diperlukan ${all}`,
  daysSinceReminder: (day: string, days: number, sent: string) =>
    `Tunggu sampai ${day}: piagam meminta ${days} hari sejak pengingat pertama, yang dikirim pada ${sent}.`,
  tell: "Beri tahu pembeli bahwa ini bisa dilaporkan ke lingkaran, dan catat tanggalnya",
  tellWithReminder:
    "Beri tahu pembeli bahwa ini bisa dilaporkan ke lingkaran, bersama pengingat pertama yang dihitung atau sesudahnya, dan catat tanggalnya",
  tellAgain: "Beri tahu pembeli sekali lagi bahwa ini bisa dilaporkan ke lingkaran, dan catat tanggalnya",
  tellAgainWithReminder:
    "Beri tahu pembeli sekali lagi bahwa ini bisa dilaporkan ke lingkaran, bersama pengingat pertama yang dihitung atau sesudahnya, dan catat tanggalnya",
  toldToday: (said: string, day: string) => `${said}; bila diberi tahu hari ini, bisa dibagikan mulai ${day}`,
  toldBefore: (said: string, day: string) => `${said}: ${day} lebih awal dari pengingat itu`,
  toldFuture: (day: string) => `Perbaiki tanggal pembeli diberi tahu: ${day} masih akan datang.`,
  daysSinceTold: (day: string, days: number, told: string) =>
    `Tunggu sampai ${day}: piagam meminta ${days} hari sejak pembeli diberi tahu, yaitu pada ${told}.`,
  proof: (kind: string) => `Lampirkan bukti jenis ini: ${kind}.`,
  proofs: (kinds: string) => `Lampirkan bukti salah satu jenis ini: ${kinds}.`,
  proofNot: (kind: string) => `Lampirkan bukti jenis ini: ${kind}; tidak ada berkas terlampir yang demikian.`,
  proofsNot: (kinds: string) => `Lampirkan bukti salah satu jenis ini: ${kinds}; tidak ada berkas terlampir yang demikian.`,
  dispute: "Selesaikan dulu sengketa yang terbuka.",
  approve: "Minta persetujuan orang yang tidak mencatat dan tidak mengubahnya.",
  reasonLocal: "Pilih alasan lain: alasan ini hanya untuk toko Anda sendiri dan tidak pernah dibagikan.",
  reasonOther: "Pilih alasan lain: piagam lingkaran tidak membolehkan alasan ini dibagikan.",
  reasonsShared: (said: string, reasons: string) => `${said} Piagam lingkaran membolehkan ini dibagikan: ${reasons}.`,
};
