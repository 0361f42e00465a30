-- Writes numbered figures, tables and equations, references to them, callouts, columns and
-- alternative texts as typst. Quarto runs it before its own filters and pandoc alone without Quarto,
-- so that both give the same report, which meets PDF/UA-1.

local function typst(text) return pandoc.RawInline("typst", text) end

local function quoted(text)
  return '"' .. text:match("^%s*(.-)%s*$"):gsub("%s+", " "):gsub("\\", "\\\\"):gsub('"', '\\"') .. '"'
end

local function inlines(blocks)
  return blocks and pandoc.utils.blocks_to_inlines(blocks) or pandoc.Inlines({})
end

--- `before` content `middle` words `after`: a typst call with a body and some words (its caption
--- or title). The words stay on the line of the call: a blank line in them would be a paragraph.
local function call(before, content, middle, words, after)
  local result = pandoc.Blocks({ pandoc.RawBlock("typst", before) })
  result:extend(content)
  local tail = pandoc.Inlines({ typst(middle) })
  tail:extend(words)
  tail:insert(typst(after))
  result:insert(pandoc.Plain(tail))
  return result
end

local function float(content, caption, kind, label, position)
  return call("#figure([", content, "], caption: figure.caption(position: " .. position .. ", [",
    caption, ']), kind: "quarto-float-' .. kind .. '", supplement: "' .. NAMES[kind]
    .. '")<' .. label .. ">")
end

-- First passes: inlines.
local function image(img)
  local alt = img.attributes["fig-alt"] or pandoc.utils.stringify(img.caption)
  local options = ""
  for _, side in ipairs({ "width", "height" }) do
    if img.attributes[side] then options = options .. ", " .. side .. ": " .. img.attributes[side] end
  end
  return typst("#box(image(" .. quoted(img.src) .. ", alt: " .. quoted(alt) .. options .. "))")
end

local function reference(cite)
  return references(cite, function(id) return NAMES[kind_of(id)] end, function(id, name)
    -- typst refuses a label that does not exist.
    return typst("#ref(<" .. id .. ">, supplement: [" .. (name or "") .. "])")
  end)
end

-- A short paragraph that leads to an equation, and what a part asks for, stay with what follows.
local SHORT = 350 -- letters: to carry more of them overleaf would leave a hole

local function leads(block, following)
  if block.t ~= "Para" or not following or following.t ~= "Para" then return false end
  local first = following.content[1]
  if first.t == "Math" and first.mathtype == "DisplayMath" then
    return #pandoc.utils.stringify(block) < SHORT
  end
  return false
end

local function asks(previous, block)
  if not previous or previous.t ~= "Header" or block.t ~= "Para" then return false end
  return block.content[1].t == "Emph"
end

local function together(blocks)
  local result = pandoc.Blocks({})
  for index, block in ipairs(blocks) do
    if leads(block, blocks[index + 1]) or asks(blocks[index - 1], block) then
      result:insert(pandoc.RawBlock("typst", "#block(width: 100%, sticky: true, spacing: 0.95em)["))
      result:insert(block)
      result:insert(pandoc.RawBlock("typst", "]"))
    else
      result:insert(block)
    end
  end
  return result
end

local function equations(block)
  local result, pending = pandoc.Inlines({}), nil
  for _, inline in ipairs(block.content) do
    local label = pending and equation_label(inline)
    if label then
      local math = result:remove(pending)
      while #result >= pending do result:remove(pending) end
      result:extend({
        typst("#math.equation(block: true, alt: " .. quoted(math.text)
          .. ", numbering: equation-numbering, [ "), math, typst(" ])<" .. label .. ">"),
      })
      pending = nil
    else
      result:insert(inline)
      if inline.t == "Math" and inline.mathtype == "DisplayMath" then
        pending = #result
      elseif inline.t ~= "Space" and inline.t ~= "SoftBreak" then
        pending = nil
      end
    end
  end
  block.content = result
  return block
end

-- pandoc 3.10 leaves no space after the script of a closing delimiter: (AB)^\top d becomes ^topd.
-- An empty group after the scripts brings one, in every version.
local function spaced(text)
  local result, done = {}, 0
  while true do
    local _, stop = text:find("[%)%]|]%s*[_^]", done + 1)
    if not stop then return table.concat(result) .. text:sub(done + 1) end
    local more = stop
    while more do
      for _, script in ipairs({ "^%s*%b{}", "^%s*\\%a+", "^%s*\\?." }) do
        local _, last = text:find(script, more + 1)
        if last then stop = last break end
      end
      _, more = text:find("^%s*[_^]", stop + 1)
    end
    table.insert(result, text:sub(done + 1, stop) .. "{}")
    done = stop
  end
end

-- Last pass: who cannot see a formula hears its TeX, as PDF/UA asks.
local function formula(math)
  local alt = quoted(math.text)
  math.text = spaced(math.text)
  return { typst("#[#set math.equation(alt: " .. alt .. ");"), math, typst("]") }
end

-- Later passes: blocks that contain the others.
local function figure(fig)
  if kind_of(fig.identifier) == "fig" then
    return float(fig.content, inlines(fig.caption.long), "fig", fig.identifier, "bottom")
  end
  return call("#figure([", fig.content, "], caption: [", inlines(fig.caption.long),
    '], numbering: none, kind: "unnumbered", supplement: none)')
end

local function subfigure(fig)
  return call("#figure([", fig.content, "], caption: [", inlines(fig.caption.long),
    '], kind: "subfigure", supplement: "Figure")<' .. fig.identifier .. ">")
end

local function tabular(tbl)
  local caption, label = inlines(tbl.caption.long), tbl.identifier
  -- Quarto's reader leaves the label of a table in its caption.
  local last = caption[#caption]
  if last and last.t == "Str" and last.text:match("^{#tbl%-[^}]+}$") then
    label = last.text:sub(3, -2)
    caption:remove(#caption)
    caption:remove(#caption)
  end
  tbl.caption, tbl.identifier = pandoc.Caption({}), ""
  -- Widths that come from the length of the source's lines say nothing about the content.
  tbl.colspecs = tbl.colspecs:map(function(spec) return { spec[1], nil } end)
  tbl.classes:insert("typst:no-figure")
  return kind_of(label) == "tbl" and float({ tbl }, caption, "tbl", label, "top") or tbl
end

-- The colors by which Quarto, and so the theme, tells the kinds of callouts.
local COLORS = {
  note = "0758E5", tip = "00A047", important = "CC1914", warning = "EB9113", caution = "FC5300",
}

local function callout(div)
  local kind, title = callout_of(div)
  return kind and call("#callout(body: [", div.content, "], title: [", title,
    '], icon_color: rgb("#' .. (COLORS[kind] or "909090") .. '"))')
end

--- One cell per block: what a figure or a table becomes is kept together.
local function cells(blocks, inside)
  return blocks:map(function(block)
    local kind = block.identifier and kind_of(block.identifier)
    if block.t == "Figure" then
      return pandoc.Div(inside and kind and subfigure(block) or figure(block))
    end
    return block.t == "Table" and pandoc.Div(tabular(block)) or block
  end)
end

-- Panels come before the figures in them.
local function panel(div)
  local count = tonumber(div.attributes["layout-ncol"])
  if not count then return nil end
  local framed, caption = panel_of(div)
  local content = cells(div.content, framed)
  local grid = pandoc.Blocks({ pandoc.RawBlock("typst", "#grid(columns: (1fr,) * " .. count
    .. ", gutter: 1em, align: center + bottom, [") })
  for index, block in ipairs(content) do
    grid:insert(block)
    grid:insert(pandoc.RawBlock("typst", index < #content and "], [" or "])"))
  end
  if not framed then return grid end
  return call("#subfigures(<" .. div.identifier .. ">, [", grid, "], caption: [", caption, "])")
end

return {
  { Blocks = together },
  { Para = equations, Plain = equations },
  { Cite = reference, Image = image },
  { Div = panel },
  { Figure = figure, Table = tabular },
  { Div = callout },
  { Math = formula },
}
