#include "node/decision/policy_words_tables.h"

namespace daftar::decision {
namespace {

constexpr PolicyTexts kTexts = {
    .numbers = {{
        {"rate", "prior_ppm",
         "Selama toko belum punya pesanan yang selesai, toko memperkirakan {1} pesanan dibayar "
         "terlambat atau tidak dibayar."},
        {"rate", "k_ppm",
         "Kebiasaan di toko berbobot sama dalam setiap jawaban seperti pesanan pelanggan sebanyak "
         "ini: {1}."},
        {"rate", "prior_orders",
         "Perkiraan awal toko berbobot sama dengan pesanan toko yang sudah selesai sebanyak ini: "
         "{1}."},
        {"rate", "settled_share_ppm",
         "Setelah pelanggan menyelesaikan kewajibannya, {1} dari bobot catatannya masih tersisa."},
        {"rate", "further_kind_ppm",
         "Masalah yang beragam dihitung {1} lebih berat untuk setiap jenis sesudah yang pertama."},
        {"partners", "max_weight_ppm",
         "Catatan satu toko mitra tidak pernah dihitung lebih dari pesanan buruk di toko sendiri "
         "sebanyak ini: {1}."},
        {"partners", "weight_ppm",
         "Catatan toko mitra yang laporannya belum dikenal dihitung seperti pesanan buruk di toko "
         "sendiri sebanyak ini: {1}."},
        {"own_orders", "late_after_days",
         "Pesanan disebut terlambat bila dibayar lebih dari {1} sesudah jatuh tempo."},
        {"own_orders", "late_paid_ppm",
         "Pesanan yang dibayar terlambat dihitung {1} terhadap pelanggan; pesanan buruk dihitung "
         "1."},
        {"own_orders", "unpaid_ppm",
         "Pesanan yang tidak pernah dibayar dihitung {1} terhadap pelanggan; pesanan buruk "
         "dihitung 1."},
        {"own_orders", "half_life_days",
         "Masalah lama memudar: pesanan yang dibayar terlambat atau tidak dibayar dihitung separuh "
         "setelah {1}."},
        {"thresholds", "deposit_ppm",
         "Bila {1} atau lebih dari pesanan seperti itu diperkirakan dibayar terlambat atau tidak "
         "dibayar, uang muka diminta."},
        {"thresholds", "prepay_ppm",
         "Bila {1} atau lebih dari pesanan seperti itu diperkirakan dibayar terlambat atau tidak "
         "dibayar, pembayaran penuh diminta di muka."},
        {"thresholds", "review_ppm",
         "Bila {1} atau lebih dari pesanan seperti itu diperkirakan dibayar terlambat atau tidak "
         "dibayar, staf toko yang memutuskan."},
        {"thresholds", "decline_ppm",
         "Bila {1} atau lebih dari pesanan seperti itu diperkirakan dibayar terlambat atau tidak "
         "dibayar, pesanan tidak diterima."},
        {"debt", "deposit_days",
         "Pelanggan dengan pesanan lama yang belum dibayar {1} atau lebih sesudah jatuh tempo "
         "dimintai uang muka."},
        {"debt", "prepay_days",
         "Pelanggan dengan pesanan lama yang belum dibayar {1} atau lebih sesudah jatuh tempo "
         "dimintai pembayaran penuh di muka."},
        {"local", "review_ppm",
         "Staf toko yang memutuskan bila hal yang dicatat toko untuk diri sendiri tentang "
         "pelanggan "
         "berjumlah {1} atau lebih."},
        {"local", "part_well_ppm",
         "Berpisah secara baik-baik diusulkan bila hal yang dicatat toko untuk diri sendiri "
         "tentang "
         "pelanggan berjumlah {1} atau lebih."},
        {"mitigation", "shop_at_fault_ppm",
         "Bila toko sendiri yang salah, {1} dari bobot kejadian masih tersisa."},
        {"mitigation", "told_in_time_ppm",
         "Bila pelanggan memberi tahu pada waktunya, {1} dari bobot kejadian masih tersisa."},
        {"mitigation", "kept_plan_ppm",
         "Bila pelanggan kemudian menepati rencana angsuran, {1} dari bobot kejadian masih "
         "tersisa."},
        {"order", "cod_share_ppm",
         "Dengan bayar di tempat, {1} dari kerugian pada pesanan kredit masih dipertaruhkan."},
        {"order", "unusual_times",
         "Uang muka diminta bila pesanan, bersama yang masih terbuka, mencapai sekian kali belanja "
         "biasa pelanggan: {1}.",
         "Uang muka tidak diminta hanya karena pesanan jauh lebih besar dari biasanya."},
        {"order", "unusual_least_orders",
         "Belanja biasa pelanggan diketahui mulai dari pesanan yang sudah dibayar sebanyak ini: "
         "{1}."},
        {"order", "deposit_share_ppm",
         "Uang muka sebesar {1} dari harga, kecuali kelompok pelanggan menentukan lain."},
        {"good_customer", "first_slip_orders",
         "Kesalahan pertama pelanggan baik ditanggapi satu tingkat lebih ringan mulai dari pesanan "
         "yang dibayar tepat waktu sebanyak ini: {1}.",
         "Kesalahan pertama pelanggan baik ditanggapi seperti yang lain."},
        {"good_customer", "plan_orders",
         "Rencana angsuran ditawarkan kepada pelanggan mulai dari pesanan yang dibayar tepat waktu "
         "sebanyak ini: {1}.",
         "Rencana angsuran tidak ditawarkan kepada siapa pun."},
        {"good_customer", "plan_instalments", "Rencana angsuran terdiri dari {1} angsuran."},
        {"good_customer", "plan_interval_days",
         "Jarak antara dua angsuran dalam rencana angsuran adalah {1}."},
    }},
    .partners_cap = "Catatan toko mitra saja tidak pernah meminta lebih dari ini: {1}.",
    .stale_cap =
        "Catatan toko mitra yang tidak diperbarui pada waktunya tidak pernah meminta lebih dari "
        "ini: {1}.",
    .reason_weight =
        "Catatan seperti ini dihitung {1} terhadap pelanggan ({2}); pesanan buruk dihitung 1.",
    .reason_half_life = "Catatan seperti ini dihitung separuh setelah {1} ({2}).",
};
static_assert(IsComplete(kTexts));

}  // namespace

const PolicyTexts& IndonesianPolicyTexts() { return kTexts; }

}  // namespace daftar::decision
