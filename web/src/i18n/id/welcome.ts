import type { welcome as en } from "../en/welcome";

export const welcome: typeof en = {
  title: "Selamat datang",
  intro: "Tautan ini hanya berlaku sekali. Pilih apa yang Anda pakai untuk masuk mulai sekarang.",
  first: "Anda pengguna pertama node ini, dan akan menjadi pemiliknya.",
  user: "Nama",
  userHint: "Pendek saja, misalnya dewi. Anda mengetiknya setiap kali masuk, dan nama itu tercatat pada tindakan Anda.",
  password: "Kata sandi",
  repeat: "Ulangi kata sandi",
  submit: "Simpan dan lanjutkan",
  usedUp: "Tautan ini tidak berlaku lagi",
  usedUpHint: "Tautan sudah dipakai, atau sudah terlalu lama. Minta yang baru kepada pengurus node.",
  usedUpFirst: "Jalankan ulang node: ia mencetak tautan baru selama belum ada yang bisa masuk.",
  signsInAs: (name: string) => `Mulai sekarang Anda masuk sebagai ${name}.`,
  signIn: "Masuk",
  step: (at: number, of: number) => `Langkah ${at} dari ${of}`,
};
