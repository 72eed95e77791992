export default function Welcome(_: { secret: string }) {
  return null;
}
