/** Typed access to the elements of the page. */

/** Returns the element of an id. */
export function element<Type extends Element>(id: string, type: abstract new () => Type): Type {
  const found = document.getElementById(id);
  if (!(found instanceof type)) {
    throw new TypeError(`the page has no ${type.name} #${id}`);
  }
  return found;
}

/** Returns the drawing context of a canvas. */
export function context2d(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext("2d");
  if (context === null) {
    throw new TypeError("the browser gave no canvas");
  }
  return context;
}

/** Makes a button. */
export function makeButton(label: string, onClick: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-label", label);
  button.addEventListener("click", onClick);
  return button;
}

/** Fills a group with one radio button for each label, the first of them chosen. */
export function fillRadios(
  group: HTMLElement,
  labels: readonly string[],
  onChoose: (index: number) => void,
): HTMLInputElement[] {
  const inputs = labels.map((_, index) => {
    const input = document.createElement("input");
    input.type = "radio";
    input.name = group.id;
    input.checked = index === 0;
    input.addEventListener("change", () => onChoose(index));
    return input;
  });
  group.replaceChildren(
    ...labels.map((text, index) => {
      const label = document.createElement("label");
      label.className = "chip";
      label.dataset["index"] = String(index + 1);
      label.append(inputs[index], text);
      return label;
    }),
  );
  return inputs;
}
