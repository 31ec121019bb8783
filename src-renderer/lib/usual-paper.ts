/** Which paper people print on. Pure. */

const LETTER = /^(en|es|fr)-(US|CA|MX|PH|CL|CO|VE)$/i;

/** @param language of the window, "en-US" */
export function usualPaper(language: string): 'a4' | 'letter' {
  return LETTER.test(language) ? 'letter' : 'a4';
}
