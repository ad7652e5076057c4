const greek: Readonly<Record<string, string>> = {
  ...{
    ου: 'ou',
    αυ: 'av',
    ευ: 'ev',
    θ: 'th',
    χ: 'ch',
    ψ: 'ps',
    ξ: 'x',
    μπ: 'b',
    ντ: 'nt',
    γκ: 'gk',
    γγ: 'ng',
  },
  ...{
    α: 'a',
    β: 'v',
    γ: 'g',
    δ: 'd',
    ε: 'e',
    ζ: 'z',
    η: 'i',
    ι: 'i',
    κ: 'k',
    λ: 'l',
    μ: 'm',
    ν: 'n',
    ο: 'o',
  },
  ...{ π: 'p', ρ: 'r', σ: 's', ς: 's', τ: 't', υ: 'y', φ: 'f', ω: 'o' },
};

const cyrillic: Readonly<Record<string, string>> = {
  ...{
    а: 'a',
    б: 'b',
    в: 'v',
    г: 'g',
    д: 'd',
    е: 'e',
    ж: 'zh',
    з: 'z',
    и: 'i',
    к: 'k',
    л: 'l',
    м: 'm',
    н: 'n',
  },
  ...{
    о: 'o',
    п: 'p',
    р: 'r',
    с: 's',
    т: 't',
    у: 'u',
    ф: 'f',
    х: 'kh',
    ц: 'ts',
    ч: 'ch',
    ш: 'sh',
    щ: 'shch',
  },
  ...{ ъ: '', ы: 'y', ь: '', э: 'e', ю: 'yu', я: 'ya', є: 'ie', і: 'i', ґ: 'g', ђ: 'dj', ј: 'j', љ: 'lj' },
  ...{ њ: 'nj', ћ: 'c', џ: 'dz' },
};

const latin: Readonly<Record<string, string>> = {
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', þ: 'th', ł: 'l', ı: 'i', ħ: 'h' },
  ...{ '%': ' percent ', '&': ' and ', '#': ' number ', '€': ' eur ', '£': ' gbp ', $: ' dollar ' },
};

const known: Readonly<Record<string, string>> = { ...greek, ...cyrillic, ...latin };
const letters = new RegExp(
  Object.keys(known)
    .sort((one, other) => other.length - one.length)
    .map((letter) => letter.replace('$', '\\$'))
    .join('|'),
  'gu',
);

/**
 * A text in lower-case ASCII: `Πόλη` becomes `poli`, `Größe (cm)` becomes `grosse (cm)`; characters without an equivalent are
 * left out.
 */
export const latinText = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(letters, (letter) => known[letter] ?? '')
    .replace(/[^\p{ASCII}]/gu, ' ');
