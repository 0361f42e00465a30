-- What the chapters ask of a renderer beyond pandoc's Markdown, for the HTML edition: numbered
-- figures, tables and equations, references to them, callouts, panels. The numbers are those of
-- the PDF.

local numbers = {} -- what a reference calls a label: { name, number }
local counts = { fig = 0, tbl = 0, eq = 0 }
local made = nil -- the problem whose script wrote the blocks that follow

local function html(text) return pandoc.RawInline("html", text) end
local function raw(text) return pandoc.RawBlock("html", text) end

local function quoted(text)
  local escapes = { ["&"] = "&amp;", ["<"] = "&lt;", ['"'] = "&quot;" }
  return '"' .. text:gsub("[&<\"]", escapes):gsub("%s+", " ") .. '"'
end

local function count(label, kind)
  counts[kind] = counts[kind] + 1
  numbers[label] = { NAMES[kind], tostring(counts[kind]) }
end

--- "Problem 2", "Problem 2 (a)", "Part 2.1", "Q4.2", or the title in quotation marks.
local function name_of(title, level, problem)
  local own = title:match("^(%w+ %d+):") or title:match("^%(%w%)%([ivx]+%)")
    or title:match("^(%(%w%) [ivx]+)%.") or title:match("^%(%w%)") or title:match("^Q?%d+%.%d+")
    or title:match("^(%d+)%.")
  if level == 1 then return title elseif not own then return "“" .. title .. "”" end
  if level == 2 or own:match("^Q") then return own end
  if own:match("%.") then return "Part " .. own end
  if own:match("^%(") then return problem .. " " .. own end
  return problem .. (own:match("^Part") and ", " or ", part ") .. own
end

-- First: every label gets its number.
local function number(doc)
  local problem = ""
  doc:walk({
    traverse = "topdown",
    Header = function(header)
      local title = pandoc.utils.stringify(header.content)
      local name = name_of(title, header.level, problem)
      if header.level == 2 then problem = name end
      numbers[header.identifier] = { nil, name }
    end,
    Div = function(div)
      if kind_of(div.identifier) ~= "fig" then return nil end
      count(div.identifier, "fig")
      local letter = 0
      div:walk({ Figure = function(fig)
        letter = letter + 1
        local name = numbers[div.identifier][2] .. string.char(96 + letter)
        numbers[fig.identifier] = { NAMES.fig, name, "(" .. string.char(96 + letter) .. ")" }
      end })
      return div, false
    end,
    Figure = function(fig)
      if kind_of(fig.identifier) == "fig" then count(fig.identifier, "fig") end
    end,
    Table = function(tbl)
      if kind_of(tbl.identifier) == "tbl" then count(tbl.identifier, "tbl") end
    end,
    Inlines = function(inlines)
      for _, inline in ipairs(inlines) do
        local label = equation_label(inline)
        if label then count(label, "eq") end
      end
    end,
  })
end

-- Then: the pieces.
local function reference(cite)
  local function target(id)
    if numbers[id] then return numbers[id] end
    io.stderr:write("[WARNING] Unable to resolve crossref @" .. id .. "\n")
    return { NAMES[kind_of(id)], "?@" .. id }
  end
  return references(cite, function(id) return target(id)[1] end, function(id, name)
    return pandoc.Link((name and name .. "\u{a0}" or "") .. target(id)[2], "#" .. id)
  end)
end

local function equations(inlines)
  local result = pandoc.Inlines({})
  for _, inline in ipairs(inlines) do
    local label = equation_label(inline)
    if label then
      while #result > 0 and (result[#result].t == "Space" or result[#result].t == "SoftBreak") do
        result:remove()
      end
      result:remove()
      result:extend({ html('<span class="number">(' .. numbers[label][2] .. ")</span></span>") })
      for index = #result, 1, -1 do
        if result[index].text == '<span class="equation">' then
          result[index] = html('<span class="equation" id="' .. label .. '">')
          break
        end
      end
    elseif inline.t == "Math" and inline.mathtype == "DisplayMath" then
      result:extend({ html('<span class="equation">'), inline, html("</span>") })
    else
      result:insert(inline)
    end
  end
  return result
end

--- What no space divides from a formula stays on its line: commas, brackets, the mark of a check.
local function together(inlines)
  local result, run = pandoc.Inlines({}), pandoc.Inlines({})
  local function close()
    local formula = run:find_if(function(one) return one.mathtype == "InlineMath" end)
    if formula and #run > 1 then
      run:insert(1, html('<span class="whole">'))
      run:insert(html("</span>"))
    end
    result:extend(run)
    run = pandoc.Inlines({})
  end
  for index, inline in ipairs(inlines) do
    local before, after = inlines[index - 1], inlines[index + 1]
    if inline.t == "Space" or inline.t == "SoftBreak" then
      if after and after.t == "Link" and after.classes:includes("check")
        or before and before.t == "Math" and before.text:match("=%s*$") then
        run:insert(pandoc.Str("\u{a0}"))
      else
        close()
        result:insert(inline)
      end
    elseif inline.t == "LineBreak" or inline.mathtype == "DisplayMath" then
      close()
      result:insert(inline)
    else
      run:insert(inline)
    end
  end
  close()
  return result
end

local function image(img)
  local alt = img.attributes["fig-alt"] or pandoc.utils.stringify(img.caption)
  return html("<img src=" .. quoted(img.src) .. " alt=" .. quoted(alt)
    .. " width=" .. quoted(img.attributes.width or "") .. ">")
end

local function link(anchor)
  if anchor.target:match("^#check%-") then anchor.classes:insert("check") end
  return anchor
end

--- Where the link to the script will be that made something.
local function source(problem)
  return pandoc.Inlines({ pandoc.Space(), html("<!-- script of " .. problem .. " -->") })
end

local function caption_of(label, inlines)
  local own = numbers[label]
  local result = pandoc.Inlines({})
  if own then
    local name = own[3] or (own[1] .. "\u{a0}" .. own[2] .. ".")
    result:extend({ pandoc.Strong(name), pandoc.Space() })
  end
  result:extend(inlines)
  return result
end

local function figure(fig)
  local inlines = caption_of(fig.identifier, pandoc.utils.blocks_to_inlines(fig.caption.long))
  local problem = nil
  fig:walk({ RawInline = function(one)
    problem = problem or one.text:match('^<img src="figures/([%w_-]+/[%w_-]+)/')
  end })
  if problem then inlines:extend(source(problem)) end
  fig.caption.long = { pandoc.Plain(inlines) }
  return fig
end

local function tabular(tbl, problem)
  local caption = caption_of(tbl.identifier, pandoc.utils.blocks_to_inlines(tbl.caption.long))
  if problem then caption:extend(source(problem)) end
  local id = tbl.identifier ~= "" and ' id="' .. tbl.identifier .. '"' or ""
  tbl.caption, tbl.identifier = pandoc.Caption({}), ""
  tbl.colspecs = tbl.colspecs:map(function(spec) return { spec[1], nil } end)
  local result = pandoc.Blocks({ raw('<figure class="table"' .. id .. ">") })
  if #caption > 0 then
    result:extend({ raw("<figcaption>"), pandoc.Plain(caption), raw("</figcaption>") })
  end
  result:extend({ raw('<div class="scroll">'), tbl, raw("</div></figure>") })
  return result
end

local function blocks(list)
  local result = pandoc.Blocks({})
  for _, block in ipairs(list) do
    local set = block.t == "RawBlock" and block.text:match("^#checks%-table%(.*%)%.([%w_-]+)%)$")
    if block.format == "made" then
      made = block.text
    elseif set then
      result:insert(raw("<!-- checks of " .. set .. " -->"))
    elseif block.t == "Table" then
      result:extend(tabular(block, made))
      made = nil
    elseif made and block.t == "CodeBlock" then
      result:extend({ block, pandoc.Para(source(made)) })
      made = nil
    else
      result:insert(block)
    end
  end
  return result
end

local function callout(div)
  local kind, title = callout_of(div)
  if not kind then return nil end
  div.content:insert(1, pandoc.Para(pandoc.Strong(title)))
  local attributes = pandoc.Attr(div.identifier, { "callout", kind }, { role = "note" })
  return pandoc.Div(div.content, attributes)
end

local function panel(div, columns)
  local framed, caption = panel_of(div)
  local style = pandoc.Attr("", { "panel" }, { style = "--columns:" .. columns })
  local grid = pandoc.Div(div.content, style)
  if not framed then return grid end
  return pandoc.Figure({ grid }, { pandoc.Plain(caption_of(div.identifier, caption)) },
    pandoc.Attr(div.identifier))
end

local function division(div)
  local columns = div.attributes["layout-ncol"]
  if columns then return panel(div, columns) end
  return callout(div)
end

function Pandoc(doc)
  number(doc)
  local function whole(inlines) return equations(together(inlines)) end
  doc = doc:walk({ Cite = reference, Image = image, Link = link, Inlines = whole })
  return doc:walk({ Figure = figure, Div = division, Blocks = blocks })
end
