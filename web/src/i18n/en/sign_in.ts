export const signIn = {
  title: "Sign in",
  user: "Name",
  password: "Password",
  code: "Code",
  codeHint: "The six digits that your phone shows now, or one of your recovery codes.",
  codeNeeded: "Now the code of your second step.",
  token: "Token",
  tokenHint: "The long text that was shown when the user was added.",
  withToken: "Sign in with a token",
  withPassword: "Sign in with name and password",
  submit: "Sign in",
  wrong: "These do not fit together. Check them and try again.",
  wrongCode: "This code does not fit. Wait for the next one and try again.",
  ended: "You were signed out. Sign in to go on where you were.",
  firstUser: "Nobody can sign in here yet",
  firstUserHint:
    "The node printed a link for the first user when it started. Open that link in this browser.",
};
