/** What `belfry completion` prints: each asks `belfry complete` with the words before and at the cursor. */
export const completionScripts = {
  bash: `# Completion of belfry for bash: eval "$(belfry completion bash)"
_belfry_complete() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("$(printf '%q' "$line")")
  done < <(belfry complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _belfry_complete belfry
`,
  zsh: `#compdef belfry
# Completion of belfry for zsh: eval "$(belfry completion zsh)", after compinit
_belfry() {
  local -a candidates
  candidates=(\${(f)"$(belfry complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( \${#candidates} )); then compadd -a candidates; else _files; fi
}
compdef _belfry belfry
`,
  fish: `# Completion of belfry for fish: belfry completion fish > ~/.config/fish/completions/belfry.fish
function __belfry_complete
  set -l words (commandline -opc)
  belfry complete -- $words[2..-1] (commandline -ct) 2>/dev/null
end
complete -c belfry -f -a '(__belfry_complete)'
complete -c belfry -l payload-file -r -F
complete -c belfry -l config -r -F
`,
} as const;

/** A shell that has a script. */
export type Shell = keyof typeof completionScripts;
