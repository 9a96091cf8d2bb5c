// Returns every piece of text of the page whose contrast with what lies behind it is too low.
() => {
  const numbers = (text) => (text.match(/-?[\d.]+(e-?\d+)?/g) || []).map(Number);

  // "rgb(…)" and "color(srgb …)" as [red, green, blue, alpha], channels 0 to 1.
  const color = (text) => {
    const [r, g, b, a = 1] = numbers(text.replace("color(srgb", ""));
    const scale = text.startsWith("color(") ? 1 : 255;
    return [r / scale, g / scale, b / scale, a];
  };
  const over = (top, below) => {
    const a = top[3];
    return [0, 1, 2].map((c) => top[c] * a + below[c] * (1 - a)).concat(1);
  };
  const luminance = (c) => {
    const [r, g, b] = c.slice(0, 3).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [dark, bright] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };

  const path = (element) => {
    const up = [];
    for (let at = element; at; at = at.parentElement) up.unshift(at);
    return up;
  };
  // A gradient's colours are all taken: the text must be readable on each.
  const painted = (style) => {
    const inGradient = style.backgroundImage.match(/rgba?\([^)]*\)|color\(srgb[^)]*\)/g) || [];
    return [style.backgroundColor, ...inGradient].map(color).filter((c) => c[3] > 0);
  };
  const canvas = matchMedia("(prefers-color-scheme: dark)").matches ? [0, 0, 0, 1] : [1, 1, 1, 1];
  const behind = new Map();
  const backgrounds = (element) => {
    if (!element) return [canvas];
    if (behind.has(element)) return behind.get(element);
    const below = backgrounds(element.parentElement);
    const own = painted(getComputedStyle(element));
    const found = own.some((c) => c[3] === 1)
      ? own.flatMap((c) => below.map((b) => over(c, b)))
      : below.concat(own.flatMap((c) => below.map((b) => over(c, b))));
    behind.set(element, found);
    return found;
  };

  const faint = [];
  let walked = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest("title, desc")) continue;
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    const style = getComputedStyle(element);
    const opacity = path(element).reduce((all, at) => all * Number(getComputedStyle(at).opacity), 1);
    const said = color(element.closest("svg") ? style.fill : style.color);
    const ink = [...said.slice(0, 3), said[3] * opacity];
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const found = Math.min(...backgrounds(element).map((b) => ratio(over(ink, b), b)));
    walked += 1;
    if (found < (large ? 3 : 4.5)) {
      faint.push(`${found.toFixed(2)}:1 <${element.localName} class="${element.getAttribute("class") || ""}"> ` +
        node.data.trim().slice(0, 40));
    }
  }
  return { walked, faint };
}
