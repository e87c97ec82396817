// Values of a chart under the mouse, and at the arrow keys where it has the focus.
"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";

  const marksOf = (svg) => {
    const marks = [];
    for (const line of svg.querySelectorAll("[data-marks]")) {
      for (const [x, y, text] of JSON.parse(line.dataset.marks)) marks.push({ x, y, text });
    }
    for (const dot of svg.querySelectorAll("circle")) {
      const text = dot.querySelector("title");
      if (text) marks.push({ x: +dot.getAttribute("cx"), y: +dot.getAttribute("cy"), text: text.textContent });
    }
    for (const bar of svg.querySelectorAll("rect")) {
      const text = bar.querySelector("title");
      if (text) {
        const x = +bar.getAttribute("x") + bar.getAttribute("width") / 2;
        marks.push({ x, y: +bar.getAttribute("y"), text: text.textContent });
      }
    }
    return marks;
  };

  const respond = (canvas) => {
    const svg = canvas.querySelector("svg");
    const readout = canvas.parentElement.querySelector(".readout");
    const marks = marksOf(svg);
    if (!marks.length) return;
    const cursor = document.createElementNS(SVG, "circle");
    cursor.setAttribute("class", "cursor");
    cursor.setAttribute("r", 6);
    let at = -1;
    const show = (place) => {
      at = place;
      svg.append(cursor);
      cursor.setAttribute("cx", marks[at].x);
      cursor.setAttribute("cy", marks[at].y);
      readout.textContent = marks[at].text;
    };
    const hide = () => {
      at = -1;
      cursor.remove();
      readout.textContent = "";
    };
    svg.addEventListener("pointermove", (event) => {
      const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
      let best = 0, least = Infinity;
      marks.forEach((mark, place) => {
        const far = (mark.x - point.x) ** 2 + (mark.y - point.y) ** 2;
        if (far < least) [best, least] = [place, far];
      });
      if (best !== at) show(best);
    });
    svg.addEventListener("pointerleave", hide);
    canvas.addEventListener("blur", hide);
    canvas.addEventListener("keydown", (event) => {
      const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: marks.length - 1 }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      show(Math.min(Math.max(next, 0), marks.length - 1));
    });
  };

  // Once each: a page to which charts are added runs this again.
  for (const canvas of document.querySelectorAll("[data-chart]:not([data-live])")) {
    canvas.dataset.live = "";
    respond(canvas);
  }
})();
