import type { Command } from "commander";
import { parseChoice } from "./options.js";

const SHELLS = ["bash", "zsh", "fish"] as const;

/** Thin on purpose: what can come next is found by the program itself, so that it is never out of date. */
const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], string>> = {
  bash: `_orchestrator() {
  local IFS=$'\\n'
  COMPREPLY=($("\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _orchestrator orchestrator
`,
  zsh: `#compdef orchestrator
_orchestrator() {
  local -a found
  found=("\${(@f)$("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${found[1]}" ]]; then compadd -Q -a found; else _files; fi
}
compdef _orchestrator orchestrator
`,
  fish: `complete -c orchestrator -f -a '(orchestrator complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
complete -c orchestrator -l file -s f -r -F
complete -c orchestrator -l output -s o -r -F
complete -c orchestrator -l prompt-file -r -F
complete -c orchestrator -l cwd -r -F
`,
};

export function registerCompletion(program: Command): void {
  program
    .command("completion")
    .description("print what makes a shell complete commands, options, roles and ids")
    .argument("<shell>", SHELLS.join(", "))
    .addHelpText(
      "after",
      `
bash:  eval "$(orchestrator completion bash)"                  in ~/.bashrc
zsh:   eval "$(orchestrator completion zsh)"                   in ~/.zshrc, after compinit
fish:  orchestrator completion fish | source                   in ~/.config/fish/config.fish`,
    )
    .action((shell: string) => {
      process.stdout.write(SCRIPTS[parseChoice(shell, SHELLS, "a shell that can be completed")]);
    });
}
