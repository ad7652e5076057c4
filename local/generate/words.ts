/** The 113 genres of the streaming catalogue. */
export const genres =
  `acoustic afrobeat alt-rock alternative ambient anime black-metal bluegrass blues brazil breakbeat british
  cantopop chicago-house children chill classical club comedy country dance dancehall death-metal deep-house detroit-techno disco
  disney drum-and-bass dub dubstep edm electro electronic emo folk forro french funk garage german gospel goth grindcore groove
  grunge guitar happy hard-rock hardcore hardstyle heavy-metal hip-hop honky-tonk house idm indian indie indie-pop industrial
  iranian j-dance j-idol j-pop j-rock jazz k-pop kids latin latino malay mandopop metal metalcore minimal-techno mpb new-age opera
  pagode party piano pop pop-film power-pop progressive-house psych-rock punk punk-rock r-n-b reggae reggaeton rock rock-n-roll
  rockabilly romance sad salsa samba sertanejo show-tunes singer-songwriter ska sleep soul spanish study swedish synth-pop tango
  techno trance trip-hop turkish world-music`.split(/\s+/);

/** First names of listeners and of artists. */
export const firstNames = [
  ...[
    'Ada',
    'Amélie',
    'Anders',
    'Bea',
    'Carmen',
    'Chidi',
    'Dalia',
    'Emre',
    'Fatima',
    'Goran',
    'Hana',
    'Ines',
  ],
  ...[
    'Jonas',
    'Kenji',
    'Lena',
    'Luiz',
    'Maeve',
    'Nadia',
    'Olu',
    'Priya',
    'Quentin',
    'Rosa',
    'Søren',
    'Tariq',
  ],
  ...['Uma', 'Vera', 'Wei', 'Xenia', 'Yusuf', 'Zoë'],
];

/** Last names of listeners and of artists. */
export const lastNames = [
  ...['Abara', 'Berg', 'Castillo', 'Demir', 'Eriksen', 'Fontaine', 'García', 'Haddad', 'Ivanov', 'Jansen'],
  ...[
    'Kowalski',
    'Lindqvist',
    'Müller',
    'Nakamura',
    "O'Brien",
    'Petrov',
    'Quispe',
    'Rossi',
    'Silva',
    'Tanaka',
  ],
  ...['Ueda', 'Vargas', 'Walsh', 'Xu', 'Yılmaz', 'Zhang'],
];

/** Countries of listeners; one contains a comma. */
export const countries = [
  ...[
    'Argentina',
    'Australia',
    'Brazil',
    'Canada',
    "Côte d'Ivoire",
    'Denmark',
    'France',
    'Germany',
    'India',
    'Italy',
  ],
  ...['Japan', 'Korea, Republic of', 'Mexico', 'Nigeria', 'Poland', 'Spain', 'Türkiye', 'United Kingdom'],
];

/** First words of band, album and track names. */
export const qualities = [
  ...['Blue', 'Broken', 'Burning', 'Distant', 'Electric', 'Endless', 'Golden', 'Hollow', 'Little', 'Lonely'],
  ...['Midnight', 'Northern', 'Paper', 'Quiet', 'Restless', 'Silver', 'Slow', 'Velvet', 'Wild', 'Winter'],
];

/** Last words of band, album and track names. */
export const things = [
  ...['Avenue', 'Birds', 'City', 'Dance', 'Echo', 'Fire', 'Garden', 'Heart', 'Island', 'Kingdom', 'Letters'],
  ...['Machine', 'Mirror', 'Moon', 'Ocean', 'Parade', 'Radio', 'River', 'Rooms', 'Summer', 'Train', 'Voices'],
];
