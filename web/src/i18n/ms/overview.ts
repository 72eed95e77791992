import type { overview as en } from "../en/overview";

export const overview: typeof en = {
  title: "Ringkasan",
  intro: "Manfaat semakan pembeli kepada kedai.",
  period: "Tempoh",
  periods: { d30: "30 hari lepas", d90: "90 hari lepas", d365: "12 bulan lepas", year: "Tahun ini" },
  fromTo: (from: string, to: string) => `${from} hingga ${to}`,
  none: "Tiada semakan dalam tempoh ini",
  noneHint: "Semak pembeli di kaunter; hasilnya dikira di sini.",
  checks: "Semakan",
  hindered: "Ditahan",
  hinderedHint: (share: string) => `${share} semakan dijawab lebih ketat daripada “terima”.`,
  paid: "Dibayar",
  acceptedPaid: "Diterima, lalu dibayar",
  acceptedUnpaid: "Diterima, lalu tidak dibayar",
  hinderedPaid: "Ditahan, lalu dibayar",
  hinderedUnpaid: "Ditahan, lalu tidak dibayar",
  other: "Kesudahannya tidak diketahui",
  avoided: "Kerugian yang mungkin dielakkan",
  avoidedRange: (least: string, most: string, probably: string) =>
    `Antara ${least} dan ${most}, kemungkinan besar ${probably}.`,
  avoidedOf: (asked: string) => `Pesanan bernilai ${asked} ditahan.`,
  avoidedHow:
    "Ini anggaran: nilai pesanan yang ditahan, didarab dengan kekerapan pesanan seperti itu tidak dibayar. Dalam sembilan daripada sepuluh kes, nilai sebenar berada antara kedua-dua jumlah itu.",
  avoidedNone: "Belum cukup data untuk menganggarnya: catat pada pesanan sama ada sudah dibayar.",
  months: "Bulan demi bulan",
  month: "Bulan",
  monthsTitle: "Semakan mengikut bulan dan kesudahannya",
  effects: "Jawapan yang diberikan",
  share: "Bahagian",
  effect: "Jawapan",
  groups: "Mengikut kumpulan pelanggan",
  group: "Kumpulan",
  noGroup: "Tiada kumpulan",
  unpaidRate: "Tidak dibayar",
  node: "Nod",
  allWell: "Semuanya baik.",
  toDo: "Perlu dibuat",
  toKnow: "Baik untuk diketahui",
  notSigning: "Nod tidak menandatangani apa-apa sekarang, jadi rakan tidak menerima rekod baharu.",
  partners: "Rakan yang dapat dihubungi",
  partnersOf: (fresh: string, all: string) => `${fresh} daripada ${all}`,
  records: "Rekod dalam log anda",
  decisions: "Keputusan yang disimpan",
  waiting: "Menunggu dihantar",
  version: "Versi",
  since: "Berjalan sejak",
  problems: {
    log: {
      what: "Log anda tidak dapat diteruskan, jadi rakan kedai tidak menerima apa-apa yang baharu daripada anda. Pembeli masih boleh disemak.",
      todo: "Minta operator membaca butirannya: di situ tertulis cara memulihkan log.",
    },
    publishing: {
      what: "Rekod terbaharu anda belum sampai kepada rakan kedai.",
      todo: "Nod mencuba lagi dengan sendirinya. Jika sejam lagi ini masih ada, minta operator membaca butirannya.",
    },
    "no-log": {
      what: "Nod tidak menemui log kedai anda: pangkalan datanya baharu, atau telah dikosongkan.",
      todo: "Jangan kongsi apa-apa sehingga log diambil semula daripada rakan kedai. Caranya ada dalam butiran.",
    },
    policy: {
      what: "Fail dasar ada kesilapan, jadi jawapan masih mengikut dasar yang berkuat kuasa sebelumnya.",
      todo: "Betulkan di halaman dasar, atau minta failnya dibetulkan.",
    },
    charter: {
      what: "Fail piagam pada komputer nod bukan piagam yang berkuat kuasa. Semakan tidak terjejas.",
      todo: "Minta failnya dikembalikan seperti asal; piagam lain diterima pakai di halaman piagam.",
    },
    outcomes: {
      what: "Nod tidak belajar daripada kesudahan pesanan anda, jadi jawapannya tidak bertambah baik.",
      todo: "Minta operator membaca butirannya.",
    },
    "proof-files": {
      what: "Bukti yang sudah dipadam masih ada pada cakera.",
      todo: "Nod mencuba lagi dengan sendirinya. Jika kekal begitu, minta cakeranya diperiksa: mungkin penuh atau terkunci.",
    },
    codes: {
      what: "Kod untuk pembeli yang sudah tamat masih disimpan.",
      todo: "Nod mencuba lagi dengan sendirinya. Jika kekal begitu, minta cakeranya diperiksa: mungkin penuh atau terkunci.",
    },
    reviews: {
      what: "Nombor yang dikongsi ramai orang belum dapat disenaraikan untuk anda. Nombor itu mungkin terlalu berat dalam jawapan.",
      todo: "Nod mencuba lagi dengan sendirinya. Jika kekal begitu, minta butirannya dibaca.",
    },
    clock: {
      what: "Jam nod dan jam rakan kedai tidak sepadan, jadi tiada tempoh menunggu yang tamat dan tiada yang dikongsi atau ditarik balik dengan sendirinya.",
      todo: "Minta jam komputer nod ditetapkan mengikut pelayan masa.",
    },
    expiry: {
      what: "Rekod rakan kedai yang tempohnya sudah tamat masih disimpan di sini.",
      todo: "Nod mencuba lagi dengan sendirinya. Jika kekal begitu, minta cakeranya diperiksa: mungkin penuh atau terkunci.",
    },
    "proof-requests": {
      what: "Permintaan bukti yang tempohnya sudah tamat masih tercatat sebagai terbuka.",
      todo: "Nod mencuba lagi dengan sendirinya. Jika kekal begitu, minta cakeranya diperiksa: mungkin penuh atau terkunci.",
    },
    purging: {
      what: "Apa yang sudah dipadam masih ada dalam fail pangkalan data, di luar capaian semua orang di kedai.",
      todo: "Nod mencuba lagi dengan sendirinya. Jika kekal begitu, minta cakeranya diperiksa: mungkin penuh.",
    },
    partner: {
      what: "Ada masalah dengan satu rakan kedai. Apa yang diketahuinya mungkin sudah lama dalam jawapan anda, atau tidak dikira.",
      todo: "Lihat halamannya, dan berbincanglah dengan kedai itu.",
    },
    "partner-certificate": {
      what: "Sijil satu rakan kedai sudah tamat tempoh, jadi tiada apa-apa lagi yang datang daripadanya.",
      todo: "Jadi rakan semula: jemput kedai itu dengan kod.",
    },
    "partner-charter": {
      what: "Satu rakan kedai mengikut piagam yang belum anda terima pakai. Laporannya di bawah piagam itu tidak dikira di sini.",
      todo: "Capai persetujuan dengan lingkaran, dapatkan failnya daripada kedai itu, dan terima pakai.",
    },
    partners: {
      what: "Ada masalah dengan rakan kedai. Apa yang mereka ketahui mungkin tiada dalam jawapan anda.",
      todo: "Beritahu pengurus atau operator; mereka nampak kedai yang mana.",
    },
  },
  notices: {
    testMode: "Nod ini dalam mod ujian: jawapan tentang pengenal ujian direka. Untuk mencuba sahaja, bukan untuk pelanggan sebenar.",
    unlockFile:
      "Kunci nod dibuka dengan fail di sebelahnya: sesiapa yang menyalin direktorinya memiliki kuncinya. Minta orang yang menjaga nod menyimpan frasa laluan di tempat lain.",
    noPartner: "Tiada rakan kedai yang aktif: tiada sesiapa menyimpan salinan log anda, dan semakan tiada jawapan rakan.",
    warnings: (n: number) => `${n} nombor atau alamat mungkin milik ramai orang dan menunggu untuk dilihat.`,
    requests: (n: number) => `${n} permintaan bukti menunggu pengurus.`,
    disputes: (n: number) =>
      `${n} pertikaian menunggu jawapan lebih lama daripada yang dibenarkan lingkaran. Jika tidak dijawab, insidennya ditarik balik.`,
  },
  problemDetails: "Butiran",
  problemPage: "Buka halamannya",
};
