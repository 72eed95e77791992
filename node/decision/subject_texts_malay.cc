#include "node/decision/subject_texts_tables.h"

namespace daftar::decision {
namespace {

using enum SubjectText;
constexpr SubjectTextTable kTexts = {{
    {kCodeMessage,
     "{1}: kod anda ialah {2}. Dengan kod ini anda mendapat salinan data tentang anda yang "
     "kami simpan, serta isi log rakan kongsi kami. Kod ini sah hingga {3} dan hanya dapat "
     "digunakan sekali. Jangan berikan kepada sesiapa selain kami. Jika anda tidak memintanya,"
     " abaikan mesej ini."},
    {kTitle, "Data tentang anda yang disimpan"},
    {kIntro,
     "Anda berhak mengetahui data apa tentang anda yang disimpan, sejak bila, hingga bila, dan"
     " siapa yang telah dimaklumkan, serta meminta supaya kesilapan dibetulkan. Dokumen ini "
     "menerangkannya bagi kedai dan pengenal yang dinamakan di sini."},
    {kAskedAbout, "Pengenal yang ditanya"},
    {kMadeOn, "Disediakan pada"},
    {kMadeBy, "Disediakan oleh"},
    {kCircle, "Kumpulan"},
    {kPurpose, "Tujuan kumpulan"},
    {kOnlyNewest,
     "Hanya {1} yang terkini disenaraikan di sini. Tanyakan yang lebih lama kepada kedai."},
    {kHeldHere, "Data yang disimpan kedai ini"},
    {kNothingHere, "Kedai ini tidak menyimpan apa-apa tentang pengenal ini."},
    {kCustomer, "Dalam buku pelanggan"},
    {kName, "Nama"},
    {kSince, "Sejak"},
    {kOtherIdentifiers, "Pengenal lain (sebahagiannya disembunyikan)"},
    {kGroups, "Kumpulan pelanggan"},
    {kTrusted, "Dipercayai walau apa pun yang diketahui"},
    {kKept, "Tempoh simpanan"},
    {kKeptOpen,
     "hingga kedai memadamkannya, atau anda memintanya dan tiada pesanan yang belum dibayar"},
    {kOrders, "Pesanan anda"},
    {kInvoice, "Invois"},
    {kOrdered, "Tarikh invois"},
    {kDue, "Perlu dibayar pada"},
    {kPaid, "Dibayar pada tarikh"},
    {kAmount, "Amaun"},
    {kOutcome, "Kesudahan"},
    {kOrderOpen, "belum perlu dibayar"},
    {kOrderOverdue, "sudah lewat"},
    {kOrderOnTime, "dibayar pada masanya"},
    {kOrderLate, "lewat dibayar"},
    {kOrderUnpaid, "belum dijelaskan"},
    {kOrderInQuestion, "dipertikaikan"},
    {kOrderBroken, "perjanjian dimungkiri"},
    {kDecisions, "Keputusan mengenai anda"},
    {kWhen, "Bila"},
    {kDecision, "Keputusannya"},
    {kWhy, "Sebab"},
    {kDecidedOtherwise, "{1}; kemudian seorang petugas memutuskan: {2}"},
    {kDecisionsKept,
     "Keputusan itu kekal di kedai ini dan tidak ditunjukkan kepada pihak lain. Selepas anda "
     "meminta supaya dipadamkan daripada buku pelanggan, tiada lagi pengenal anda yang menuju "
     "kepada keputusan itu."},
    {kIncidents, "Insiden"},
    {kState, "Status"},
    {kHappened, "Berlaku pada"},
    {kReminded, "Peringatan diberi pada"},
    {kToldOn, "Anda dimaklumkan pada"},
    {kFiled, "Direkodkan pada"},
    {kForYou, "Hal yang meringankan anda"},
    {kNote, "Nota kedai"},
    {kShared, "Dikongsi"},
    {kSharedSince, "dengan kumpulan, mulai {1}"},
    {kNotShared, "belum dengan sesiapa"},
    {kNeverShared,
     "tidak dengan sesiapa: hal yang dicatat atas sebab ini tidak pernah meninggalkan kedai"},
    {kKeptUntil, "paling lama hingga {1}"},
    {kKeptAsked, "hingga kedai memadamkannya, atau anda memintanya"},
    {kNoticeCode, "Kod notis"},
    {kObjectionOpen, "Bantahan"},
    {kObjectionBy, "mulai {1}, belum diputuskan; sementara itu tidak diambil kira"},
    {kErased, "Ini telah dipadamkan. Keterangan di bawah hanya menyatakan bila."},
    {kChanges, "Tindakan yang diambil"},
    {kWhat, "Apa"},
    {kBy, "Oleh siapa"},
    {kByNode, "secara automatik, apabila suatu tempoh tamat"},
    {kByPerson, "petugas kedai"},
    {kByPartner, "bagi pihak anda, melalui rakan kongsi"},
    {kRemark, "Ulasan"},
    {kProofs, "Bukti yang disimpan kedai"},
    {kKind, "Jenis bukti"},
    {kType, "Jenis fail"},
    {kSize, "Saiz"},
    {kAdded, "Ditambah pada"},
    {kTold, "Siapa yang telah dimaklumkan"},
    {kToldMeans,
     "Ahli kumpulan yang berikut menyimpan salinan. Ahli hanya dapat membacanya jika sudah "
     "mengetahui pengenal itu dan bertanya tepat tentangnya."},
    {kPartner, "Rakan kongsi"},
    {kHoldsSince, "Diterima pada"},
    {kNotYet, "belum lagi"},
    {kWarnedOwn, "Sejak {1} kedai menyenaraikan pengenal ini sebagai miliknya sendiri."},
    {kWarnedReview,
     "Sejak {1} kedai menganggap pengenal ini digunakan ramai orang: apa yang ditemui hanya "
     "melaluinya tidak dikira sehingga disemak seseorang."},
    {kWarnedCleared, "Pada {1} petugas kedai memastikan pengenal ini milik seorang sahaja."},
    {kHandedOut, "Bukti yang diserahkan kepada ahli"},
    {kFetched, "Diambil pada tarikh"},
    {kStateDraft, "sedang disediakan"},
    {kStateApproved, "akan dikongsi"},
    {kStateHeld, "menunggu supaya anda dapat menjawab dahulu"},
    {kStatePublished, "dikongsi dan diambil kira"},
    {kStateCorrected, "dikongsi selepas dibetulkan"},
    {kDidAdd, "direkodkan"},
    {kDidAskPublish, "diminta supaya dikongsi"},
    {kDidSettle, "direkodkan telah diselesaikan"},
    {kDidWithdraw, "ditarik balik"},
    {kDidMitigate, "hal yang meringankan anda direkodkan"},
    {kDidRemind, "peringatan direkodkan"},
    {kDidApprove, "diluluskan oleh orang kedua"},
    {kDidNotice, "surat notis kepada anda dibuat"},
    {kDidDispute, "bantahan direkodkan"},
    {kDidUphold, "bantahan diputuskan: kekal"},
    {kDidRefute, "bantahan diputuskan: anda betul"},
    {kDidCorrect, "dibetulkan"},
    {kDidErase, "dipadamkan"},
    {kDidExpire, "dipadamkan kerana tempohnya tamat"},
    {kDidStop, "tidak dikongsi: ada yang kurang"},
    {kProofOrder, "pesanan pelanggan"},
    {kProofAgreement, "perjanjian"},
    {kProofDelivery, "nota hantaran"},
    {kProofInvoice, "invois"},
    {kProofReminder, "peringatan"},
    {kProofPayment, "rekod bayaran"},
    {kProofLetters, "surat-menyurat dan mesej"},
    {kPartnersSay, "Isi log rakan kongsi tentang pengenal ini"},
    {kPartnersHow,
     "Setiap ahli kumpulan menyimpan lognya sendiri dan bertanggungjawab atasnya. Kedai ini "
     "bertanya kepada setiap ahli tentang pengenal di atas, dan tidak tentang yang lain."},
    {kNoPartners, "Kedai ini tidak mempunyai rakan kongsi."},
    {kNothingFound, "Tiada rekod tentang pengenal ini."},
    {kNotAsked,
     "Kini tidak dapat ditanya{1}. Mungkin ada hal yang tidak disenaraikan di sini; tanyakan "
     "lagi kemudian."},
    {kOldData, "Data terkini rakan kongsi ini sudah lama ({1})."},
    {kReported, "Tarikh laporan"},
    {kMoreEntries,
     "Bilangan entri melebihi yang termuat dalam dokumen ini. Tanyakan selebihnya kepada "
     "kedai."},
    {kRights, "Cara membantah, dan hak anda yang lain"},
    {kObject,
     "Jika ada yang silap, beritahu kedai ini; tidak perlu borang dan tidak ada bayaran. Mulai"
     " ketika itu hal tersebut tidak diambil kira, di sini dan di setiap rakan kongsi, hingga "
     "diputuskan. Yang tidak dijawab dalam {1} hari akan ditarik balik."},
    {kObjectCode, "Jika notis menyatakan kod, sebutkan kod itu."},
    {kObjectPartner,
     "Jika log rakan kongsi silap, anda dapat memaklumkan rakan kongsi itu, atau kedai ini, "
     "yang dapat menyampaikan bantahan anda."},
    {kCorrect, "Anda dapat meminta data yang silap dibetulkan, termasuk di rakan kongsi."},
    {kErase,
     "Anda dapat meminta kedai ini memadamkan data tentang anda. Yang wajib disimpan menurut "
     "undang-undang, atau selama ada pesanan yang belum dibayar, tetap disimpan hingga "
     "kewajipan itu berakhir, dan kedai akan menerangkannya."},
    {kAuthority,
     "Jika kedai ini tidak membantu, anda dapat menghubungi pihak berkuasa yang mengawasi "
     "perlindungan data peribadi."},
}};
static_assert(IsInOrder(kTexts), "a text is missing, or not in the order of the enum");

}  // namespace

const SubjectTextTable& MalaySubjectTexts() { return kTexts; }

}  // namespace daftar::decision
