import type { overview as en } from "../en/overview";

export const overview: typeof en = {
  title: "Ringkasan",
  intro: "Manfaat pemeriksaan pembeli bagi toko.",
  period: "Jangka waktu",
  periods: { d30: "30 hari terakhir", d90: "90 hari terakhir", d365: "12 bulan terakhir", year: "Tahun ini" },
  fromTo: (from: string, to: string) => `${from} sampai ${to}`,
  none: "Tidak ada pemeriksaan dalam jangka waktu ini",
  noneHint: "Periksa pembeli di kasir; hasilnya dihitung di sini.",
  checks: "Pemeriksaan",
  hindered: "Ditahan",
  hinderedHint: (share: string) => `${share} pemeriksaan dijawab lebih ketat daripada “terima”.`,
  paid: "Dibayar",
  acceptedPaid: "Diterima, lalu dibayar",
  acceptedUnpaid: "Diterima, lalu tidak dibayar",
  hinderedPaid: "Ditahan, lalu dibayar",
  hinderedUnpaid: "Ditahan, lalu tidak dibayar",
  other: "Akhirnya tidak diketahui",
  avoided: "Kerugian yang mungkin terhindar",
  avoidedRange: (least: string, most: string, probably: string) =>
    `Antara ${least} dan ${most}, kemungkinan besar ${probably}.`,
  avoidedOf: (asked: string) => `Pesanan senilai ${asked} ditahan.`,
  avoidedHow:
    "Ini perkiraan: nilai pesanan yang ditahan, dikalikan seberapa sering pesanan seperti itu tidak dibayar. Dalam sembilan dari sepuluh kasus, nilai sebenarnya ada di antara kedua jumlah itu.",
  avoidedNone: "Belum cukup data untuk memperkirakannya: catat pada pesanan apakah sudah dibayar.",
  months: "Bulan demi bulan",
  month: "Bulan",
  monthsTitle: "Pemeriksaan per bulan dan akhirnya",
  effects: "Jawaban yang diberikan",
  share: "Bagian",
  effect: "Jawaban",
  groups: "Menurut kelompok pelanggan",
  group: "Kelompok",
  noGroup: "Tanpa kelompok",
  unpaidRate: "Tidak dibayar",
  node: "Node",
  allWell: "Semua baik.",
  toDo: "Perlu dikerjakan",
  toKnow: "Baik untuk diketahui",
  notSigning: "Node sedang tidak menandatangani apa pun, jadi mitra tidak menerima catatan baru.",
  partners: "Mitra yang terdengar",
  partnersOf: (fresh: string, all: string) => `${fresh} dari ${all}`,
  records: "Catatan di log Anda",
  decisions: "Keputusan yang disimpan",
  waiting: "Menunggu dikirim",
  version: "Versi",
  since: "Berjalan sejak",
  problems: {
    log: {
      what: "Log Anda tidak dapat dilanjutkan, jadi toko mitra tidak menerima hal baru dari Anda. Pembeli tetap dapat diperiksa.",
      todo: "Minta operator membaca rinciannya: di sana tertulis cara memulihkan log.",
    },
    publishing: {
      what: "Catatan terbaru Anda belum sampai ke toko mitra.",
      todo: "Node mencoba lagi dengan sendirinya. Jika satu jam lagi ini masih ada, minta operator membaca rinciannya.",
    },
    "no-log": {
      what: "Node tidak menemukan log toko Anda: basis datanya baru, atau telah dikosongkan.",
      todo: "Jangan bagikan apa pun sampai log diambil kembali dari toko mitra. Caranya ada di rincian.",
    },
    policy: {
      what: "Berkas kebijakan ada kesalahannya, jadi jawaban masih mengikuti kebijakan yang berlaku sebelumnya.",
      todo: "Perbaiki di halaman kebijakan, atau minta berkasnya diperbaiki.",
    },
    charter: {
      what: "Berkas piagam di komputer node bukan piagam yang berlaku. Pemeriksaan tidak terpengaruh.",
      todo: "Minta berkasnya dikembalikan seperti semula; piagam lain diterima di halaman piagam.",
    },
    outcomes: {
      what: "Node tidak belajar dari akhir pesanan Anda, jadi jawabannya tidak bertambah baik.",
      todo: "Minta operator membaca rinciannya.",
    },
    "proof-files": {
      what: "Bukti yang sudah dihapus masih ada di disk.",
      todo: "Node mencoba lagi dengan sendirinya. Jika tetap begitu, minta disknya dilihat: mungkin penuh atau terkunci.",
    },
    codes: {
      what: "Kode untuk pembeli yang sudah berakhir masih disimpan.",
      todo: "Node mencoba lagi dengan sendirinya. Jika tetap begitu, minta disknya dilihat: mungkin penuh atau terkunci.",
    },
    reviews: {
      what: "Nomor yang dipakai banyak orang belum dapat didaftar untuk Anda. Nomor itu mungkin terlalu berat dalam jawaban.",
      todo: "Node mencoba lagi dengan sendirinya. Jika tetap begitu, minta rinciannya dibaca.",
    },
    clock: {
      what: "Jam node dan jam toko mitra tidak cocok, jadi tidak ada masa tunggu yang berakhir dan tidak ada yang dibagikan atau ditarik dengan sendirinya.",
      todo: "Minta jam komputer node disetel menurut server waktu.",
    },
    expiry: {
      what: "Catatan toko mitra yang masanya sudah habis masih disimpan di sini.",
      todo: "Node mencoba lagi dengan sendirinya. Jika tetap begitu, minta disknya dilihat: mungkin penuh atau terkunci.",
    },
    "proof-requests": {
      what: "Permintaan bukti yang masanya sudah habis masih tercatat terbuka.",
      todo: "Node mencoba lagi dengan sendirinya. Jika tetap begitu, minta disknya dilihat: mungkin penuh atau terkunci.",
    },
    purging: {
      what: "Yang sudah dihapus masih ada di berkas basis data, di luar jangkauan semua orang di toko.",
      todo: "Node mencoba lagi dengan sendirinya. Jika tetap begitu, minta disknya dilihat: mungkin penuh.",
    },
    partner: {
      what: "Ada masalah dengan sebuah toko mitra. Yang diketahuinya mungkin sudah lama dalam jawaban Anda, atau tidak dihitung.",
      todo: "Lihat halamannya, dan bicaralah dengan toko itu.",
    },
    "partner-certificate": {
      what: "Sertifikat sebuah toko mitra sudah kedaluwarsa, jadi tidak ada lagi yang datang darinya.",
      todo: "Jadilah mitra lagi: undang toko itu dengan kode.",
    },
    "partner-charter": {
      what: "Sebuah toko mitra mengikuti piagam yang belum Anda terima. Laporannya di bawah piagam itu tidak dihitung di sini.",
      todo: "Sepakati dengan lingkaran, minta berkasnya dari toko itu, lalu terima piagamnya.",
    },
    partners: {
      what: "Ada masalah dengan toko mitra. Yang mereka ketahui mungkin tidak ada dalam jawaban Anda.",
      todo: "Beri tahu manajer atau operator; mereka melihat toko mana.",
    },
  },
  notices: {
    testMode: "Node ini dalam mode uji: jawaban tentang pengenal uji dibuat-buat. Untuk mencoba saja, bukan untuk pelanggan sungguhan.",
    unlockFile:
      "Kunci node terbuka dengan berkas di sampingnya: siapa yang menyalin direktorinya memiliki kuncinya. Minta yang mengurus node menyimpan frasa sandi di tempat lain.",
    noPartner: "Tidak ada toko mitra yang aktif: tidak ada yang menyimpan salinan log Anda, dan pemeriksaan tanpa jawaban mitra.",
    warnings: (n: number) => `${n} nomor atau alamat mungkin milik banyak orang dan menunggu untuk dilihat.`,
    requests: (n: number) => `${n} permintaan bukti menunggu manajer.`,
    disputes: (n: number) =>
      `${n} sengketa menunggu jawaban lebih lama dari yang dibolehkan lingkaran. Bila tidak dijawab, insidennya ditarik.`,
  },
  problemDetails: "Rincian",
  problemPage: "Buka halamannya",
};
