// The search of the static site, without a server: it reads words.js, which Python made (culture/archive/search.py, whose
// `search` this does again). What people wrote is only ever put into the page as text.
'use strict';

(function (archive) {
  const letters = { 'æ': 'ae', 'ä': 'ae', 'ø': 'o', 'ö': 'o', 'å': 'aa', 'ß': 'ss' };

  function fold(text) {
    const small = text.normalize('NFC').toLowerCase().replace(/[æäøöåß]/g, (sign) => letters[sign]);
    return small.normalize('NFKD').replace(/\p{M}/gu, '').replaceAll('oe', 'o');
  }

  function wordsOf(text) {
    return [...new Set((fold(text).match(/[\p{L}\p{N}]+/gu) || []).slice(0, archive.most))];
  }

  // The stems of a word: as Python made them where it stands in the archive, else what it may be once its ending is off.
  function stemsOf(word) {
    if (Object.hasOwn(archive.words, word)) return archive.words[word];
    const found = new Set();
    for (const ending of archive.endings) {
      const rest = word.endsWith(ending) ? word.slice(0, -ending.length) : '';
      for (const bare of [rest, rest.replace(/(.)\1$/, '$1')]) {
        if (bare.length < archive.within) continue;
        if (Object.hasOwn(archive.stems, bare) || bare.length > archive.within) found.add(bare);
        if (Object.hasOwn(archive.words, bare)) archive.words[bare].forEach((stem) => found.add(stem));
      }
    }
    return [...found];
  }

  function places(word) {
    const own = stemsOf(word);
    const exact = new Set(own.flatMap((stem) => (Object.hasOwn(archive.stems, stem) ? archive.stems[stem] : [])));
    const within = new Set(exact);
    const wanted = [word, ...own].filter((one) => one.length >= archive.within);
    for (const other of Object.keys(archive.words)) {
      if (wanted.some((one) => other.includes(one))) {
        archive.words[other].forEach((stem) => archive.stems[stem].forEach((place) => within.add(place)));
      }
    }
    return { exact, within };
  }

  function search(text) {
    let whole = archive.entries.map((_, number) => number);
    let part = whole;
    for (const word of wordsOf(text)) {
      const { exact, within } = places(word);
      whole = whole.filter((one) => exact.has(one));
      part = part.filter((one) => within.has(one));
    }
    const first = new Set(whole);
    return [...whole, ...part.filter((one) => !first.has(one))];
  }

  if (typeof document === 'undefined') {
    globalThis.search = search; // for the tests
    return;
  }

  const at = (id) => document.getElementById(id);
  const choices = archive.facets.map(at);

  function line(entry) {
    const item = document.createElement('li');
    const link = document.createElement('a');
    const about = document.createElement('span');
    link.href = `${entry.month}.html#e-${entry.id}`;
    link.textContent = entry.title;
    about.className = 'over';
    about.textContent = entry.about;
    item.append(about, ' ', link);
    if (entry.begins) {
      const begins = document.createElement('span');
      begins.className = 'begins';
      begins.textContent = entry.begins;
      item.append(' ', begins);
    }
    return item;
  }

  function show() {
    const chosen = choices.filter((one) => one.value);
    const asked = Boolean(at('q').value.trim() || chosen.length);
    at('found').hidden = !asked;
    at('all').hidden = asked;
    if (!asked) return;
    const fits = (entry) => chosen.every((one) => entry[one.id] === one.value);
    const hits = search(at('q').value).map((number) => archive.entries[number]).filter(fits);
    at('count').textContent = hits.length ? archive.said.found.replace('{count}', hits.length) : archive.said.none;
    at('hits').replaceChildren(...hits.slice(0, archive.shown).map(line));
  }

  at('search').hidden = false;
  at('search').addEventListener('submit', (event) => { event.preventDefault(); show(); });
  at('search').addEventListener('input', show);
  show(); // a browser that goes back keeps what stood in the fields
})(globalThis.archive);
