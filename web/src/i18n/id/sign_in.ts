import type { signIn as en } from "../en/sign_in";

export const signIn: typeof en = {
  title: "Masuk",
  user: "Nama",
  password: "Kata sandi",
  code: "Kode",
  codeHint: "Enam angka yang tampil di ponsel Anda sekarang, atau salah satu kode pemulihan.",
  codeNeeded: "Sekarang kode langkah kedua Anda.",
  token: "Token",
  tokenHint: "Teks panjang yang ditampilkan saat pengguna ditambahkan.",
  withToken: "Masuk dengan token",
  withPassword: "Masuk dengan nama dan kata sandi",
  submit: "Masuk",
  wrong: "Nama dan kata sandi tidak cocok. Periksa lalu coba lagi.",
  wrongCode: "Kode ini tidak cocok. Tunggu kode berikutnya lalu coba lagi.",
  ended: "Anda telah keluar. Masuk untuk melanjutkan.",
  forgotten: "Lupa kata sandi? Operator atau pemilik toko Anda memberi tautan baru, di halaman “Pengguna”.",
  firstUser: "Belum ada yang bisa masuk di sini",
  firstUserHint:
    "Node mencetak tautan untuk pengguna pertama saat dijalankan. Buka tautan itu di peramban ini.",
};
