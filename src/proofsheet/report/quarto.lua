-- What Quarto adds to pandoc's Markdown, for the renderer that does without Quarto: numbered and
-- captioned figures, tables and equations, references to them, callouts, columns, alternative
-- texts. The typst that comes out has the shape of Quarto's, so that one theme serves both.

local NAMES = { fig = "Figure", tbl = "Table", eq = "Equation", sec = "Section" }
local labels = {}

local function typst(text) return pandoc.RawInline("typst", text) end

local function kind_of(label)
  local kind = label:match("^(%a+)%-.")
  return NAMES[kind] and kind or nil
end

local function quoted(text)
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"') .. '"'
end

--- Blocks between two pieces of typst.
local function wrapped(before, blocks, after)
  local result = pandoc.Blocks({ pandoc.RawBlock("typst", before) })
  result:extend(blocks)
  result:insert(pandoc.RawBlock("typst", after))
  return result
end

local function caption_blocks(caption)
  return caption and #caption > 0 and caption or pandoc.Blocks({})
end

local function float(content, caption, kind, label, position)
  local result = pandoc.Blocks({ pandoc.RawBlock("typst", "#figure([") })
  result:extend(content)
  result:insert(pandoc.RawBlock("typst", "], caption: figure.caption(position: " .. position .. ", ["))
  result:extend(caption_blocks(caption))
  result:insert(pandoc.RawBlock("typst", "]), kind: \"quarto-float-" .. kind .. "\", supplement: \""
    .. NAMES[kind] .. "\")<" .. label .. ">"))
  return result
end

-- First pass: which labels there are.
local collect = {
  Block = function(block)
    if block.identifier and block.identifier ~= "" then labels[block.identifier] = true end
  end,
  Str = function(str)
    local label = str.text:match("^{#(eq%-[^ }]+)}")
    if label then labels[label] = true end
  end,
}

-- Second pass: inlines.
local function image(img)
  local alt = img.attributes["fig-alt"] or pandoc.utils.stringify(img.caption)
  local options = ""
  for _, side in ipairs({ "width", "height" }) do
    if img.attributes[side] then options = options .. ", " .. side .. ": " .. img.attributes[side] end
  end
  return typst("#box(image(" .. quoted(img.src) .. ", alt: " .. quoted(alt) .. options .. "))")
end

local function reference(cite)
  local result = pandoc.Inlines({})
  for index, one in ipairs(cite.citations) do
    local kind = kind_of(one.id)
    if not kind then return nil end
    if index > 1 then result:extend({ pandoc.Str(","), pandoc.Space() }) end
    if labels[one.id] then
      local name = one.mode == "SuppressAuthor" and "" or NAMES[kind]
      if #one.prefix > 0 then name = pandoc.utils.stringify(one.prefix) end
      result:insert(typst("#ref(<" .. one.id .. ">, supplement: [" .. name .. "])"))
    else
      io.stderr:write("[WARNING] Unable to resolve crossref @" .. one.id .. "\n")
      result:insert(pandoc.Strong({ pandoc.Str("?@" .. one.id) }))
    end
  end
  return result
end

local function equations(block)
  local result, pending = pandoc.Inlines({}), nil
  for _, inline in ipairs(block.content) do
    local label = pending and inline.t == "Str" and inline.text:match("^{#(eq%-[^ }]+)}$")
    if label then
      local math = result:remove(pending)
      while #result >= pending do result:remove(pending) end
      result:extend({
        typst("#math.equation(block: true, numbering: equation-numbering, [ "), math,
        typst(" ])<" .. label .. ">"),
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

-- Third pass: blocks that contain the others.
local function figure(fig)
  local label = fig.identifier
  if kind_of(label) ~= "fig" then label = nil end
  if label then return float(fig.content, fig.caption.long, "fig", label, "bottom") end
  return wrapped('#figure([', fig.content, '], numbering: none, kind: "unnumbered", supplement: none)')
end

local function tabular(tbl)
  local label = kind_of(tbl.identifier) == "tbl" and tbl.identifier or nil
  local caption = tbl.caption.long
  tbl.caption, tbl.identifier = pandoc.Caption({}), ""
  tbl.classes:insert("typst:no-figure")
  if label then return float({ tbl }, caption, "tbl", label, "top") end
  return tbl
end

local COLOURS = {
  note = { "e5f0fb", "0758e5" }, tip = { "dff5ea", "00a047" }, important = { "f7dddc", "cc1914" },
  warning = { "fcefdc", "eb9113" }, caution = { "ffe5d0", "fc5300" },
}

local function callout(div, kind)
  local title, content = pandoc.Inlines({}), div.content
  if div.attributes.title then
    title = pandoc.read(div.attributes.title, "markdown").blocks[1].content
  elseif content[1] and content[1].t == "Header" then
    title = content:remove(1).content
  else
    title = { pandoc.Str(kind:sub(1, 1):upper() .. kind:sub(2)) }
  end
  local colours = COLOURS[kind] or COLOURS.note
  local result = wrapped("#callout(body: [", content, "], title: [")
  result:insert(pandoc.Plain(title))
  result:insert(pandoc.RawBlock("typst", "], background_color: rgb(\"#" .. colours[1]
    .. "\"), icon_color: rgb(\"#" .. colours[2] .. "\"))"))
  return result
end

local function columns(div)
  local count = tonumber(div.attributes["layout-ncol"])
  local framed, caption = kind_of(div.identifier) == "fig", nil
  local content = div.content
  if framed and content[#content] and content[#content].t == "Para" then
    caption = pandoc.Blocks({ content:remove(#content) })
  end
  local cells = pandoc.Blocks({})
  -- Figures were rewritten into three to five blocks each: a cell ends where a label does.
  local grid = "#grid(columns: (1fr,) * " .. count .. ", gutter: 1em, align: center + horizon,\n["
  cells:insert(pandoc.RawBlock("typst", grid))
  for index, block in ipairs(content) do
    cells:insert(block)
    if index < #content then cells:insert(pandoc.RawBlock("typst", "], [")) end
  end
  cells:insert(pandoc.RawBlock("typst", "])"))
  if not framed then return cells end
  local result = pandoc.Blocks({ pandoc.RawBlock("typst", "#subfigures(caption: [") })
  result:extend(caption_blocks(caption))
  result:insert(pandoc.RawBlock("typst", "], ["))
  result:extend(cells)
  result:insert(pandoc.RawBlock("typst", "])<" .. div.identifier .. ">"))
  return result
end

local function division(div)
  for _, class in ipairs(div.classes) do
    local kind = class:match("^callout%-(%a+)$")
    if kind then return callout(div, kind) end
  end
  if div.attributes["layout-ncol"] then return columns(div) end
end

-- A panel keeps one block per cell: its figures are wrapped before they are taken apart.
local panels = {
  Div = function(div)
    if not div.attributes["layout-ncol"] then return nil end
    local inside = kind_of(div.identifier) == "fig"
    div.content = div.content:map(function(block)
      if block.t == "Figure" then
        local label = block.identifier
        local blocks
        if inside and kind_of(label) then
          blocks = wrapped("#figure([", block.content, "], caption: [")
          blocks:extend(caption_blocks(block.caption.long))
          blocks:insert(pandoc.RawBlock("typst", '], kind: "subfigure", supplement: "Figure")<'
            .. label .. ">"))
        else
          blocks = figure(block)
        end
        return pandoc.Div(blocks, pandoc.Attr("", { "cell" }))
      elseif block.t == "Table" then
        return pandoc.Div(tabular(block), pandoc.Attr("", { "cell" }))
      end
      return block
    end)
    return div
  end,
}

return {
  collect,
  { Para = equations, Plain = equations },
  { Cite = reference },
  panels,
  { Image = image },
  { Figure = figure, Table = tabular },
  { Div = division },
}
