-- What Neovim makes of podlint lsp: opens, breaks, mends, completes, asks, renames. Run by editors.sh, in a folder with pod.yaml.
local function fail(what, found)
  io.stdout:write("FAIL neovim: " .. what .. ": " .. vim.inspect(found) .. "\n")
  vim.cmd("cquit 1")
end

vim.cmd("edit pod.yaml")
local buffer = vim.api.nvim_get_current_buf()
local config = {name = "podlint", cmd = {os.getenv("PODLINT"), "lsp"}, root_dir = vim.fn.getcwd()}
local client
if vim.lsp.start then
  client = vim.lsp.start(config)
else
  client = vim.lsp.start_client(config)
  vim.lsp.buf_attach_client(buffer, client)
end

local function codes()
  return vim.tbl_map(function(d) return d.code end, vim.diagnostic.get(buffer))
end

local function wait_for(what, wanted)
  if not vim.wait(10000, wanted, 10) then fail(what, vim.diagnostic.get(buffer)) end
end

local function ask(method, line, character, more)
  local params = vim.tbl_extend("force", {textDocument = {uri = vim.uri_from_bufnr(buffer)}, position = {line = line, character = character}},
                                more or {})
  for _, answer in pairs(vim.lsp.buf_request_sync(buffer, method, params, 10000) or {}) do
    if answer.error then fail(method, answer.error) end
    return answer.result
  end
end

wait_for("the fault of the file", function() return vim.tbl_contains(codes(), "not-supported") end)
vim.api.nvim_buf_set_text(buffer, 8, 21, 8, 30, {"Always"})
wait_for("mended", function() return not vim.tbl_contains(codes(), "not-supported") end)

vim.api.nvim_buf_set_lines(buffer, 9, 9, false, {"    "})
local offered = {}
for _, item in ipairs(ask("textDocument/completion", 9, 4).items) do offered[item.label] = true end
if not offered["livenessProbe"] or offered["image"] then fail("completion", offered) end

local hover = ask("textDocument/hover", 8, 8)
if not hover or not hover.contents.value:find("When the kubelet pulls the image", 1, true) then fail("hover", hover) end

vim.api.nvim_buf_set_lines(buffer, 9, 10, false, {"    volumeMounts:", "    - name: data", "      mountPath: /data", "  volumes:", "  - name: data", "    emptyDir: {}"})
local edit = ask("textDocument/rename", 10, 13, {newName = "files"})
vim.lsp.util.apply_workspace_edit(edit, "utf-16")
local lines = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
if lines[11] ~= "    - name: files" or lines[14] ~= "  - name: files" then fail("rename", lines) end

vim.lsp.stop_client(client)
vim.wait(2000, function() return vim.lsp.get_client_by_id(client) == nil end, 10)
vim.cmd("qall!")
