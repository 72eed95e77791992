import type { welcome as en } from "../en/welcome";

export const welcome: typeof en = {
  title: "Selamat datang",
  intro: "Pautan ini sah sekali sahaja. Pilih apa yang anda guna untuk log masuk mulai sekarang.",
  first: "Anda pengguna pertama nod ini, dan akan menjadi pemiliknya.",
  user: "Nama",
  userHint: "Pendek sahaja, seperti dewi. Anda menaipnya setiap kali log masuk, dan ia dicatat pada tindakan anda.",
  password: "Kata laluan",
  repeat: "Ulang kata laluan",
  submit: "Simpan dan teruskan",
  usedUp: "Pautan ini tidak sah lagi",
  usedUpHint: "Ia telah digunakan, atau sudah terlalu lama. Minta yang baharu daripada penjaga nod.",
  usedUpFirst: "Mulakan semula nod: ia mencetak pautan baharu selagi belum ada sesiapa boleh log masuk.",
  signsInAs: (name: string) => `Mulai sekarang anda log masuk sebagai ${name}.`,
  signIn: "Log masuk",
  step: (at: number, of: number) => `Langkah ${at} daripada ${of}`,
};
