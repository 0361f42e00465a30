-- What the filters of both editions share; `lua_filter` puts it before each of them.

local NAMES = { fig = "Figure", tbl = "Table", eq = "Equation", sec = "Section" }

local function kind_of(label)
  local kind = (label or ""):match("^(%a+)%-.")
  return NAMES[kind] and kind or nil
end

local function equation_label(inline)
  return inline.t == "Str" and inline.text:match("^{#(eq%-[^ }]+)}$") or nil
end

--- The references in brackets, each as `link(id, name)`; `usual(id)` is the name of one that gives
--- none itself. nil where a source is cited.
local function references(cite, usual, link)
  local result = pandoc.Inlines({})
  for index, one in ipairs(cite.citations) do
    if not kind_of(one.id) then return nil end
    if index > 1 then result:extend({ pandoc.Str(","), pandoc.Space() }) end
    local name = usual(one.id)
    if one.mode == "SuppressAuthor" then name = nil end
    if #one.prefix > 0 then name = pandoc.utils.stringify(one.prefix) end
    result:insert(link(one.id, name))
  end
  return result
end

--- Of a callout its kind and its title, which is removed from its content; nil for another div.
local function callout_of(div)
  for _, class in ipairs(div.classes) do
    local kind = class:match("^callout%-(%a+)$")
    if kind then
      local title, first = div.attributes.title, div.content[1]
      if first and first.t == "Header" and not title then
        return kind, div.content:remove(1).content
      end
      title = title or kind:gsub("^%l", string.upper)
      return kind, pandoc.utils.blocks_to_inlines(pandoc.read(title, "markdown").blocks)
    end
  end
end

--- Of the panels side by side whether they are one figure, and its caption, their last paragraph.
local function panel_of(div)
  local framed, content = kind_of(div.identifier) == "fig", div.content
  local last = content[#content]
  if framed and last and last.t == "Para" then return true, content:remove(#content).content end
  return framed, {}
end

