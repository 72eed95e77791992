#include "node/decision/policy_words_tables.h"

namespace daftar::decision {
namespace {

constexpr PolicyTexts kTexts = {
    .numbers = {{
        {"rate", "prior_ppm",
         "Selagi kedai belum mempunyai pesanan sendiri yang selesai, kedai menjangka {1} pesanan "
         "dibayar lewat atau tidak dibayar."},
        {"rate", "k_ppm",
         "Kebiasaan di kedai sama beratnya dalam setiap jawapan seperti pesanan pelanggan sebanyak "
         "ini: {1}."},
        {"rate", "prior_orders",
         "Jangkaan awal kedai sama beratnya dengan pesanan kedai yang sudah selesai sebanyak ini: "
         "{1}."},
        {"rate", "settled_share_ppm",
         "Selepas pelanggan menyelesaikan tanggungannya, {1} daripada berat rekodnya masih kekal."},
        {"rate", "further_kind_ppm",
         "Masalah yang pelbagai dikira {1} lebih berat bagi setiap jenis selepas yang pertama."},
        {"partners", "max_weight_ppm",
         "Rekod satu kedai rakan kongsi tidak pernah dikira lebih daripada pesanan buruk di kedai "
         "sendiri sebanyak ini: {1}."},
        {"partners", "weight_ppm",
         "Rekod kedai rakan kongsi yang laporannya belum dikenali dikira seperti pesanan buruk di "
         "kedai sendiri sebanyak ini: {1}."},
        {"own_orders", "late_after_days",
         "Pesanan dianggap lewat jika dibayar lebih daripada {1} selepas tarikh akhir bayaran."},
        {"own_orders", "late_paid_ppm",
         "Pesanan yang dibayar lewat dikira {1} terhadap pelanggan; pesanan buruk dikira 1."},
        {"own_orders", "unpaid_ppm",
         "Pesanan yang tidak pernah dibayar dikira {1} terhadap pelanggan; pesanan buruk dikira "
         "1."},
        {"own_orders", "half_life_days",
         "Masalah lama menjadi ringan: pesanan yang dibayar lewat atau tidak dibayar dikira "
         "separuh "
         "selepas {1}."},
        {"thresholds", "deposit_ppm",
         "Jika {1} atau lebih daripada pesanan sebegini dijangka dibayar lewat atau tidak dibayar, "
         "deposit diminta."},
        {"thresholds", "prepay_ppm",
         "Jika {1} atau lebih daripada pesanan sebegini dijangka dibayar lewat atau tidak dibayar, "
         "bayaran penuh diminta terlebih dahulu."},
        {"thresholds", "review_ppm",
         "Jika {1} atau lebih daripada pesanan sebegini dijangka dibayar lewat atau tidak dibayar, "
         "kakitangan kedai yang memutuskan."},
        {"thresholds", "decline_ppm",
         "Jika {1} atau lebih daripada pesanan sebegini dijangka dibayar lewat atau tidak dibayar, "
         "pesanan tidak diterima."},
        {"debt", "deposit_days",
         "Pelanggan dengan pesanan lama yang belum dibayar {1} atau lebih selepas tarikh akhir "
         "bayaran diminta memberi deposit."},
        {"debt", "prepay_days",
         "Pelanggan dengan pesanan lama yang belum dibayar {1} atau lebih selepas tarikh akhir "
         "bayaran diminta membuat bayaran penuh terlebih dahulu."},
        {"local", "review_ppm",
         "Kakitangan kedai yang memutuskan jika hal yang dicatat kedai untuk diri sendiri tentang "
         "pelanggan berjumlah {1} atau lebih."},
        {"local", "part_well_ppm",
         "Berpisah dengan baik dicadangkan jika hal yang dicatat kedai untuk diri sendiri tentang "
         "pelanggan berjumlah {1} atau lebih."},
        {"mitigation", "shop_at_fault_ppm",
         "Jika kedai sendiri yang bersalah, {1} daripada berat insiden masih kekal."},
        {"mitigation", "told_in_time_ppm",
         "Jika pelanggan memberitahu pada masanya, {1} daripada berat insiden masih kekal."},
        {"mitigation", "kept_plan_ppm",
         "Jika pelanggan kemudian menepati pelan ansuran, {1} daripada berat insiden masih kekal."},
        {"order", "cod_share_ppm",
         "Dengan bayaran semasa penghantaran, {1} daripada kerugian bagi pesanan kredit masih "
         "terdedah."},
        {"order", "unusual_times",
         "Deposit diminta jika pesanan, bersama yang masih terbuka, mencapai sekian kali belanja "
         "biasa pelanggan: {1}.",
         "Deposit tidak diminta hanya kerana pesanan jauh lebih besar daripada biasa."},
        {"order", "unusual_least_orders",
         "Belanja biasa pelanggan diketahui mulai daripada pesanan yang sudah dibayar sebanyak "
         "ini: "
         "{1}."},
        {"order", "deposit_share_ppm",
         "Deposit ialah {1} daripada harga, kecuali kumpulan pelanggan menetapkan yang lain."},
        {"good_customer", "first_slip_orders",
         "Kesilapan pertama pelanggan yang baik dilayan setingkat lebih ringan mulai daripada "
         "pesanan yang dibayar tepat pada masanya sebanyak ini: {1}.",
         "Kesilapan pertama pelanggan yang baik dilayan seperti yang lain."},
        {"good_customer", "plan_orders",
         "Pelan ansuran ditawarkan kepada pelanggan mulai daripada pesanan yang dibayar tepat pada "
         "masanya sebanyak ini: {1}.",
         "Pelan ansuran tidak ditawarkan kepada sesiapa."},
        {"good_customer", "plan_instalments", "Pelan ansuran mempunyai {1} ansuran."},
        {"good_customer", "plan_interval_days",
         "Jarak antara dua ansuran dalam pelan ansuran ialah {1}."},
    }},
    .partners_cap = "Rekod kedai rakan kongsi sahaja tidak pernah meminta lebih daripada ini: {1}.",
    .stale_cap =
        "Rekod kedai rakan kongsi yang tidak dikemas kini pada masanya tidak pernah meminta lebih "
        "daripada ini: {1}.",
    .reason_weight = "Rekod sebegini dikira {1} terhadap pelanggan ({2}); pesanan buruk dikira 1.",
    .reason_half_life = "Rekod sebegini dikira separuh selepas {1} ({2}).",
};
static_assert(IsComplete(kTexts));

}  // namespace

const PolicyTexts& MalayPolicyTexts() { return kTexts; }

}  // namespace daftar::decision
