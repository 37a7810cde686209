#compdef ethcraft
# Completion of ethcraft for zsh.
_ethcraft() {
    local line text
    local -a open open_help done done_help
    for line in ${(f)"$(${~words[1]} __complete zsh "${words[1,CURRENT-1]} $QIPREFIX$IPREFIX$PREFIX" 2>/dev/null)"}; do
        text=${line%%$'\t'*}
        case $line in
            :files) _files; return ;;
            :commands) _command_names -e; return ;;
            # More is to come behind these.
            *=$'\t'*) open+=("$text"); open_help+=("$text  ${line#*$'\t'}") ;;
            *) done+=("$text"); done_help+=("$text  ${line#*$'\t'}") ;;
        esac
    done
    # Inside quotes an expression goes on.
    if [[ -n $compstate[quote] ]]; then
        open+=($done) open_help+=($done_help) done=()
    fi
    (( $#open )) && compadd -l -S '' -d open_help -a open
    (( $#done )) && compadd -l -d done_help -a done
    (( $#open + $#done ))
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _ethcraft "$@"; else compdef _ethcraft ethcraft; fi
