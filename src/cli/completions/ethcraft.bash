# Completion of ethcraft for bash 4.4 or later.
_ethcraft() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            :files) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$2") ;;
            :commands) mapfile -t COMPREPLY < <(compgen -c -- "$2") ;;
            *) COMPREPLY+=("$line") ;;
        esac
    done < <("${1/#\~/$HOME}" __complete bash "${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null)
    if [[ ${COMPREPLY[0]} == *= ]]; then compopt -o nospace; fi
}
complete -F _ethcraft ethcraft
