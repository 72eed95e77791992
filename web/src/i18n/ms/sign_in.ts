import type { signIn as en } from "../en/sign_in";

export const signIn: typeof en = {
  title: "Log masuk",
  user: "Nama",
  password: "Kata laluan",
  code: "Kod",
  codeHint: "Enam angka yang dipaparkan pada telefon anda sekarang, atau salah satu kod pemulihan.",
  codeNeeded: "Sekarang kod langkah kedua anda.",
  token: "Token",
  tokenHint: "Teks panjang yang dipaparkan semasa pengguna ditambah.",
  withToken: "Log masuk dengan token",
  withPassword: "Log masuk dengan nama dan kata laluan",
  submit: "Log masuk",
  wrong: "Nama dan kata laluan tidak sepadan. Semak dan cuba lagi.",
  wrongCode: "Kod ini tidak sepadan. Tunggu kod seterusnya dan cuba lagi.",
  ended: "Anda telah log keluar. Log masuk untuk menyambung.",
  forgotten: "Terlupa kata laluan? Operator atau pemilik kedai anda memberi pautan baharu, di halaman “Pengguna”.",
  firstUser: "Belum ada sesiapa yang boleh log masuk di sini",
  firstUserHint:
    "Nod mencetak pautan untuk pengguna pertama semasa dimulakan. Buka pautan itu dalam pelayar ini.",
};
